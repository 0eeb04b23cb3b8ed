# Installs the packages that are its arguments; if that fails, once more with fresh package lists.
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -q -o DPkg::Lock::Timeout=120 "$@"; }
install() { apt install -y --no-install-recommends "$@"; }
install "$@" || {
  apt update
  install "$@"
}

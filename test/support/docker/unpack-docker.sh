# Unpacks Debian's Docker into a folder, without installing it: its service would start, and stay.
# Arguments: the folder, and the program that installs libraries.
set -eu
folder=$1 install=$2
work=$(mktemp -d)
trap 'rm -rf "$work" "$folder.new"' EXIT
cd "$work"
chmod 755 .
fetch() { apt-get -q -o DPkg::Lock::Timeout=120 download "$@"; }
packages='docker.io containerd runc iptables'
# A package of its own from Debian 13 on.
! apt-cache show docker-cli >/dev/null 2>&1 || packages="$packages docker-cli docker-buildx"
fetch $packages || {
  apt-get -q update
  fetch $packages
}
mkdir -p "$folder.new"
for package in *.deb; do dpkg-deb -x "$package" "$folder.new"; done
for name in iptables ip6tables; do ln -s xtables-nft-multi "$folder.new/usr/sbin/$name"; done
(cd "$folder.new" && ln -s usr/lib/*/xtables xtables)
# Those of iptables are nft's, which a lab has.
for package in docker*.deb containerd*.deb runc*.deb; do
  dpkg-deb -f "$package" Depends | tr -s ',|' '[\n*]' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p'
done | sort -u >libraries
xargs dpkg-query -W <libraries >/dev/null 2>&1 || xargs sh "$install" <libraries
mv -T "$folder.new" "$folder"

#!/bin/sh
# What the image runs: bridgehead, after a hint if /network isn't mounted as the command needs it.

is_mounted() {
  while read -r _ _ _ _ point _; do
    [ "$point" != /network ] || return 0
  done </proc/self/mountinfo
  return 1
}

usage() {
  cat <<'USAGE'
bridgehead: no command. Mount the folder of your inventory, and what ssh needs to log in:

  docker run --rm -it --user "$(id -u):$(id -g)" -v "$PWD:/network" \
    -v "$HOME/.ssh:/home/bridgehead/.ssh:ro" bridgehead plan

  /network               the folder with inventory.yaml; journals are kept in /network/.state
  /home/bridgehead/.ssh  keys, config and known_hosts; or put known_hosts into /network
  the agent              -v "$SSH_AUTH_SOCK:/agent" -e SSH_AUTH_SOCK=/agent

`help` lists the commands, and `explain 3` says what exit code 3 means.
USAGE
}

hint() {
  case $1 in
    help | explain | completion | man | -*) return ;;
  esac
  [ "$PWD" = /network ] || return
  if ! is_mounted; then
    cat >&2 <<'HINT'
hint: /network is not mounted; add -v "$PWD:/network"
HINT
  elif [ ! -w /network ] && [ "$1" != validate ]; then
    echo "hint: user $(id -u) can't write to /network, where journals are kept" >&2
    cat >&2 <<'HINT'
      mount it without :ro, and run as its owner: --user "$(id -u):$(id -g)"
HINT
  fi
}

if [ $# -eq 0 ]; then
  usage >&2
  exit 2
fi
hint "$1"
exec bridgehead "$@"

#!/bin/sh
# Runs one command with the action's inputs. The keys are in a folder that only this user can read, which
# is gone at the end; no secret is in an argument, and none in the environment of what is started.
set -eu
umask 077

refuse() {
  printf '::error title=bridgehead::%s\n' "$1"
  exit 2
}

case $INPUT_COMMAND in
  plan | apply | check | drift) ;;
  *) refuse 'the input command must be plan, apply, check or drift' ;;
esac
case $INPUT_ACCEPT_NEW in
  true | false) ;;
  *) refuse 'the input accept-new must be true or false' ;;
esac
ssh_key=$INPUT_SSH_KEY
sudo_password=$INPUT_SUDO_PASSWORD
known_hosts=$INPUT_KNOWN_HOSTS
unset INPUT_SSH_KEY INPUT_SUDO_PASSWORD INPUT_KNOWN_HOSTS
pinned=$(printf '%s\n' "$known_hosts" | sed '/^[[:space:]]*\(#.*\)\{0,1\}$/d')
if [ -z "$pinned" ] && [ "$INPUT_ACCEPT_NEW" = false ]; then
  refuse "the input known-hosts is empty: without pinned host keys a login could be to anybody; \
give it the lines of known_hosts for all nodes"
fi
if [ -z "$ssh_key" ] && [ -z "${SSH_AUTH_SOCK:-}" ]; then
  refuse "the input ssh-key is empty, and the runner has no agent; \
GitHub gives no secrets to pull requests from forks"
fi

keys=$(mktemp -d "$RUNNER_TEMP/bridgehead-keys.XXXXXX")
child=
trap 'rm -rf "$keys"' EXIT
# A job that is cancelled ends the run, which then reverts what is not confirmed and releases its locks.
# The runner signals twice, and a second signal would end the run in the middle of that.
cancelled=
trap '[ -n "$cancelled$child" ] || exit 130
  [ -n "$cancelled" ] || kill -TERM "$child"
  cancelled=yes' INT TERM HUP

mkdir "$keys/.ssh"
if [ -n "$ssh_key" ]; then
  printf '%s\n' "$ssh_key" | tr -d '\r' >"$keys/.ssh/key"
  printf 'Host *\n  IdentityFile ~/.ssh/key\n  IdentitiesOnly yes\n' >"$keys/.ssh/config"
fi
if [ -n "$pinned" ] && [ "$pinned" != inventory ]; then
  printf '%s\n' "$pinned" | tr -d '\r' >"$keys/.ssh/known_hosts"
fi
if [ -n "$sudo_password" ]; then
  printf '%s\n' "$sudo_password" >"$keys/sudo-password"
  export BRIDGEHEAD_SUDO_PASSWORD_FILE="$keys/sudo-password"
fi

work=$RUNNER_TEMP/bridgehead
reports=$work/reports
rm -rf "$reports"
mkdir -p "$reports"

# Programs that print secrets look for their keys in the runner's own home, and downloads are kept there.
config=${XDG_CONFIG_HOME:-${HOME:-}/.config}
cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}

# What machines say can't be a command for the runner: it obeys none until it reads this word.
word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

run() {
  set -- "$@" -i "$INPUT_INVENTORY" --state-dir "$work/state"
  [ -z "$INPUT_PLAYBOOK" ] || set -- "$@" -p "$INPUT_PLAYBOOK"
  [ "$INPUT_ACCEPT_NEW" = false ] || set -- "$@" --accept-new
  for report in html=run.html markdown=run.md json=run.json junit=run.xml github=annotations; do
    set -- "$@" --report "${report%%=*}=$reports/${report#*=}"
  done
  while IFS= read -r argument; do
    [ -z "$argument" ] || set -- "$@" "$argument"
  done <<END
$INPUT_ARGUMENTS
END
  printf '::stop-commands::%s\n' "$word"
  HOME=$keys XDG_CONFIG_HOME=$config XDG_CACHE_HOME=$cache "$BRIDGEHEAD" "$@" 2>"$reports/stderr" &
  child=$!
  while :; do
    code=0
    wait "$child" || code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
  grep -Ev '^(wrote |no report was written)' "$reports/stderr" >"$reports/errors" || :
  cat "$reports/errors"
  printf '::%s::\n' "$word"
}

case $INPUT_COMMAND in
  apply) run apply --yes --wait-for-lock 600 ;;
  drift)
    run plan --exit-code
    [ "$code" -ne 0 ] || run check
    ;;
  *) run "$INPUT_COMMAND" ;;
esac

[ ! -e "$reports/annotations" ] || cat "$reports/annotations"
if [ ! -e "$reports/run.md" ]; then
  printf '## ❌ bridgehead %s exits with %s\n\n' "$INPUT_COMMAND" "$code" >"$reports/run.md"
  sed 's/^/    /' "$reports/errors" | head -c 60000 >>"$reports/run.md"
fi
cat "$reports/run.md" >>"$GITHUB_STEP_SUMMARY"
{
  printf 'exit-code=%s\nreport=%s\nreports=%s\n' "$code" "$reports/run.md" "$reports"
  node "$GITHUB_ACTION_PATH/action/outputs.js" "$reports/run.json"
} >>"$GITHUB_OUTPUT"
exit "$code"

# Receives a compressed file on standard input, and puts it in place complete and verified or not at all.
# The sender waits for the word `ready`: what comes earlier is read by the shell itself.

receive() {
  umask 077
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export PATH
  mkdir -p "${to%/*}" || exit 74
  temp="$to.$$"
  trap 'rm -f "$temp"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  echo "$nonce ready"
  gzip -dc >"$temp" || exit 74
  sum=$(sha256sum "$temp") || exit 74
  sum=${sum%% *}
  if [ "$sum" != "$sha256" ]; then
    echo "what arrived has SHA-256 $sum instead of $sha256" >&2
    exit 75
  fi
  mv -f "$temp" "$to" || exit 74
  trap - EXIT
  echo "$nonce done"
}

receive

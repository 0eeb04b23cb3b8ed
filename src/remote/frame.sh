# Runs fragments one by one and frames their output: on both streams, a mark that names the fragment
# comes before and after it.

bridgehead_end=

bridgehead_mark() {
  bridgehead_text="$bridgehead_end
@$bridgehead_nonce $1"
  printf '%s\n' "$bridgehead_text"
  printf '%s\n' "$bridgehead_text" >&2
}

# ID, 1 if a failure ends the program, sh.
bridgehead_fragment() {
  bridgehead_mark "begin $1"
  (eval "$3")
  bridgehead_code=$?
  bridgehead_end="
@$bridgehead_nonce end $1 $bridgehead_code
"
  if [ "$2" = 1 ] && [ "$bridgehead_code" != 0 ]; then
    bridgehead_mark 'done'
    exit 0
  fi
}

bridgehead_begin() {
  exec </dev/null
  umask 077
  LC_ALL=C
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL PATH
  cd /
}

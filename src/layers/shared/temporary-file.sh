# `temporary FOLDER` makes an empty file next to the one to be written, and prints its path.
#
# Its name has the process that writes it, by id and start time. Those of processes that are gone, as
# after a power cut, are cleared away first; nobody else's are touched.

started() {
  read -r fields 2>/dev/null <"/proc/$1/stat" || return 1
  set -- ${fields##*) }
  echo "${20}"
}

temporary() {
  for left in "${1%/}"/.bridgehead-[0-9]*-[0-9]*-??????; do
    [ -f "$left" ] || continue
    writer=${left##*/.bridgehead-}
    writer=${writer%-*}
    [ "$(started "${writer%-*}")" = "${writer#*-}" ] || rm -f "$left"
  done
  mktemp "${1%/}/.bridgehead-$$-$(started $$)-XXXXXX"
}

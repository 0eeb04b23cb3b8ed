# `set_passes TOOL` sets exactly the rules at the top of INPUT that the file's notes ask for; none without a
# file. What is new comes before what is old goes, for one may be the narrower form of the other. A rule is
# split into words on purpose.
# shellcheck disable=SC2086
set_passes() {
  command -v "$1" >/dev/null 2>&1 || return 0
  [ ! -f "$rules" ] || sed -n "s/^$pass$1 //p" "$rules" | while read -r rule; do
    "$1" -w -C INPUT $rule 2>/dev/null || "$1" -w -I INPUT $rule
  done
  "$1" -w -S INPUT 2>/dev/null | sed -n "s/^-A INPUT \(.*--comment $mark .*\)$/\1/p" | while read -r rule; do
    grep -Fqsx "$pass$1 $rule" "$rules" || "$1" -w -D INPUT $rule
  done
}

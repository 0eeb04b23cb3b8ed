# How this very session came in, `FROM PORT TO PORT` in `$login`: a process above this one has it from sshd.
process=$$
while [ "${process:-0}" -gt 1 ]; do
  login=$(tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | sed -n 's/^SSH_CONNECTION=//p')
  [ -z "$login" ] || break
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null)
done

# Becomes a command whose process a file names. Arguments: that file, as $0, and the command. The files of
# processes that have ended are removed.
for note in /run/bridgehead-*; do
  [ ! -f "$note" ] || [ -e "/proc/$(cat "$note")" ] || rm -f "$note"
done
echo "$$" >"$0"
exec "$@"

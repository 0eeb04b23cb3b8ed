# Removes a program with all its versions, unless something runs it.

running=''
for exe in /proc/[0-9]*/exe; do
  case $(readlink "$exe") in "$folder"/*)
    exe=${exe%/exe}
    running="$running ${exe##*/}"
    ;;
  esac
done
if [ -n "$running" ]; then
  echo "$name is running: process$running" >&2
  exit 1
fi
if [ "$(readlink "$link")" = "$target" ]; then rm -f "$link" || exit; fi
rm -rf "$folder" || exit
rmdir "${folder%/*}" 2>/dev/null || true

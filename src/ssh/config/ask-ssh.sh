# Asks for the hosts in turn. Arguments: mark and configuration file, then host, port and user of each.
mark=$1 file=$2
shift 2
while [ $# -gt 0 ]; do
  ssh -G ${file:+-F "$file"} ${2:+-p "$2"} ${3:+-l "$3"} -- "$1" 2>&1
  printf '\n%s %s\n' "$mark" $?
  shift 3
done

# Prints the value of the first line `key=value` of a file, or nothing. It starts no program.
field() {
  {
    while IFS= read -r field_line; do
      case $field_line in "$2="*)
        printf '%s\n' "${field_line#*=}"
        break
        ;;
      esac
    done <"$1"
  } 2>/dev/null || :
}

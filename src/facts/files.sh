# The files among the arguments, one line each: MODE OWNER:GROUP MODIFIED SHA256 PATH BASE64, with `-` in
# place of what is in the folder `$secrets`.
for file; do
  [ -f "$file" ] || continue
  sum=$(sha256sum <"$file")
  case $file in
    "$secrets"/*) body=- ;;
    *) body=$(base64 <"$file" | tr -d '\n') ;;
  esac
  echo "$(stat -c '%a %U:%G %.Y' "$file") ${sum%% *} $file ${body:--}"
done

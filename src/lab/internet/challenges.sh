# Takes the TXT records of DNS challenges, as `httpreq` of lego sends them, into the folder $RECORDS.
field() { printf '%s' "$body" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }
name=$(field fqdn | tr '[:upper:]' '[:lower:]')
name=${name%.}
value=$(field value)
record=$RECORDS/$name.TXT
case $name in
'' | *[!a-z0-9._-]* | .* | *..*) answer '400 Bad Request' text/plain 'fqdn is not a name' ;;
*)
  case $path in
  /present)
    printf '%s\n' "$value" >>"$record"
    answer '200 OK' text/plain ''
    ;;
  /cleanup)
    [ ! -e "$record" ] || grep -vxF -e "$value" "$record" >"$record.new" || :
    [ ! -e "$record.new" ] || mv "$record.new" "$record"
    answer '200 OK' text/plain ''
    ;;
  *) answer '404 Not Found' text/plain 'present or cleanup' ;;
  esac
  ;;
esac

# Loads the table of the interface `$1` and notes how nft shows it, in this version's words, so that a rule
# that was removed since can be detected without knowing every version's spelling. Sets forwarding itself:
# /etc/sysctl.conf and UFW's own settings are read later than ours. Without an interface it loads all, and
# Docker's rules: units that may have removed them call it that way.
umask 077
if [ $# = 0 ]; then
  failed=0
  for file in "$folder"/*.nft; do
    [ ! -f "$file" ] || {
      name=${file##*/}
      /bin/sh "$0" "${name%.nft}" || failed=1
    }
  done
  for file in "$folder"/*.docker-user; do
    [ ! -f "$file" ] || /bin/sh "$file" || failed=1
  done
  exit $failed
fi
one_at_a_time
file=$folder/$1.nft
table=$table_prefix$(printf %s "$1" | tr -c 'A-Za-z0-9' _)
nft -f "$file"
{
  sha256sum <"$file"
  nft list table inet "$table"
} >/run/bridgehead/"$1".new
mv -f /run/bridgehead/"$1".new /run/bridgehead/"$1".loaded
while read -r key _ value; do
  case $key in net.*) ;; *) continue ;; esac
  path=/proc/sys/$(printf %s "$key" | tr ./ /.)
  if [ -e "$path" ]; then echo "$value" >"$path"; fi
done </etc/sysctl.d/99-bridgehead-forwarding-"$1".conf
close_without "$1" "$file"

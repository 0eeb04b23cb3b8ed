# What is there of the firewall's own files, unit, table and rules.
own_there=
for file in $own_files; do
  [ ! -f "$file" ] || own_there="$own_there $file"
done
if [ -n "$own_there" ]; then
  # shellcheck disable=SC2086 # Paths of ours, which have no spaces.
  stat -c 'own-mode %n %a %U %G' $own_there
  # shellcheck disable=SC2086
  sha256sum $own_there | sed 's/^\([0-9a-f]*\)  /own-sum \1 /'
fi
systemctl show -p ActiveState -p UnitFileState "$own_unit" 2>/dev/null | sed 's/^/own-unit /'
if table=$(nft -s list table inet "$own_table" 2>/dev/null); then
  echo "own-table $(printf '%s\n' "$table" | sha256sum | cut -d ' ' -f 1)"
fi
[ ! -f "$own_loaded" ] || sed 's/^/own-loaded /' "$own_loaded"
! command -v nft >/dev/null 2>&1 || echo has-nft
for tool in iptables ip6tables; do
  command -v "$tool" >/dev/null 2>&1 || continue
  "$tool" -w -S INPUT 2>/dev/null | grep '^-A' | grep -n -e "--comment $own_mark " |
    sed "s/^\([0-9]*\):-A INPUT /own-pass $tool \1 /"
done

# What is there of the firewall's own files, unit, table and rules.
for file in $own_files; do
  [ -f "$file" ] || continue
  echo "own-file $file $(sha256sum <"$file" | cut -d ' ' -f 1) $(stat -c '%a %U %G' "$file")"
done
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
! systemctl -q is-active firewalld 2>/dev/null || echo firewalld

# Prints `folder FOLDER COUNT FIRST` for files of other clusters' folders that no installed package owns, of
# the first 100 in each, and `rule FAMILY RULE` for routing rules.
for folder in /etc/cni /var/lib/cni /etc/rancher /var/lib/rancher; do
  [ -d "$folder" ] || continue
  find "$folder" ! -type d 2>/dev/null | head -n 100 | {
    count=0 first=
    while IFS= read -r file; do
      dpkg-query -S "$file" >/dev/null 2>&1 && continue
      count=$((count + 1))
      first=${first:-$file}
    done
    [ "$count" = 0 ] || echo "folder $folder $count $first"
  }
done
for family in 4 6; do
  ip -$family rule show 2>/dev/null | while read -r rule; do echo "rule $family $rule"; done
done

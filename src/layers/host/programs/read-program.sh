# Reads what is there of `$name` in `$version`. Its sum is only computed if the file isn't the one that was
# recorded after its installation.

traits() { stat -c '%i-%s-%y-%z' "$1" 2>/dev/null | tr -d ' '; }

echo "machine $(uname -m)"
if [ -L "$link" ]; then
  seen=$(readlink "$link")
  if [ "$seen" = "$target" ]; then echo 'link ours'; else echo "link other a symbolic link to $seen"; fi
elif [ -e "$link" ]; then
  owner=$(dpkg-query -S "$link" 2>/dev/null) && owner=", of the package ${owner%%:*}"
  echo "link other a file of $(stat -c '%U, written on %y' "$link" | cut -d. -f1)$owner"
else
  echo 'link none'
fi
[ ! -d "$folder" ] || echo 'any yes'
[ ! -L "$folder/current" ] || echo "current $(readlink "$folder/current")"
[ ! -d "$folder/$version" ] || echo 'folder yes'
if [ -f "$folder/$version/$name" ]; then
  pin='' sum='' traits=''
  [ ! -f "$folder/$version/.installed" ] || read -r pin sum traits <"$folder/$version/.installed"
  now=$sum
  if [ "$(traits "$folder/$version/$name")" != "$traits" ]; then
    now=$(sha256sum "$folder/$version/$name") && now=${now%% *}
  fi
  echo "file ${now:-unreadable} $(stat -c '%a %u' "$folder/$version/$name")"
  [ -z "$sum" ] || echo "record $pin $sum"
fi
echo end

# Prints `boot INTERFACE FILE port PORT…` for the WireGuard interfaces that systemd-networkd makes.
for file in /etc/systemd/network/*.netdev; do
  [ -f "$file" ] || continue
  grep -Eqi '^[[:space:]]*Kind[[:space:]]*=[[:space:]]*wireguard' "$file" || continue
  echo "boot $(sed -n \
    's/^[[:space:]]*Name[[:space:]]*=[[:space:]]*//p' "$file" | head -n 1) $file port $(sed -n \
    's/^[[:space:]]*ListenPort[[:space:]]*=[[:space:]]*//p' "$file" | tr '\n' ' ')"
done

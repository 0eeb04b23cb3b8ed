# What tailscaled lets in from the tailnet: the packet filter that the login server gave it, and whether it
# is set to let nothing in. A `tailnet-filter` line says that the filter could be read; it is cut into words
# that a reply may have. Asked for the filter alone, tailscaled 1.102 answers with the one that it got when it
# joined.

filter=$(tailscale_asked debug netmap | awk '
  sub(/^\t"PacketFilterRules": /, "") { inside = 1 }
  inside { print }
  inside && /^(\t\]|null|\[\])/ { inside = 0 }')
if [ -n "$filter" ]; then
  printf 'tailnet-filter %s\n' "$(printf '%s' "$filter" | tr -d ' \t\n' | sed 's/,$//; s/.\{150\}/& /g')"
fi
case $(tailscale_asked debug prefs) in
  *'"ShieldsUp": true'*) echo tailnet-shielded ;;
esac

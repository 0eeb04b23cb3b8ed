# What tailscaled lets in from the tailnet: the packet filter that the login server gave it, and whether it
# is set to let nothing in. A `tailnet-filter` line says that the filter could be read.

if filter=$(tailscale_asked debug localapi GET debug-packet-filter-rules) && [ -n "$filter" ]; then
  printf 'tailnet-filter %s\n' "$(printf '%s' "$filter" | tr -d ' \t\n')"
fi
case $(tailscale_asked debug prefs) in
  *'"ShieldsUp": true'*) echo tailnet-shielded ;;
esac

# Leaves the tailnet. A login server that can't be reached goes on listing the node.

if command -v tailscale >/dev/null 2>&1; then timeout -k 2 20 tailscale logout >/dev/null 2>&1; fi
systemctl disable --quiet --now "$unit" 2>/dev/null
if systemctl is-active --quiet "$unit"; then
  echo "$unit still runs" >&2
  exit 1
fi
rm -rf "$state" && rm -f "$@" || exit 1
rmdir "$drop_ins" 2>/dev/null
systemctl daemon-reload

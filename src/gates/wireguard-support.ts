import { conclude, END_LINE, only, readReplies } from './shared/reply.js';
import { parameters } from './shared/schema.js';
import type { Finding, GateKind } from './types.js';

const PROBE = `module=no
if [ -d /sys/module/wireguard ]; then module=loaded
elif command -v modprobe >/dev/null 2>&1 && modprobe -n -q wireguard 2>/dev/null; then module=available
fi
command -v wireguard-go >/dev/null 2>&1 && userspace=yes || userspace=no
[ -c /dev/net/tun ] && tun=yes || tun=no
echo "support $module $userspace $tun"
echo ${END_LINE}
`;

function judge(node: string, module: string, userspace: boolean, tun: boolean): Finding {
  const base = { node, expected: 'WireGuard in the kernel, or wireguard-go and /dev/net/tun' };
  if (module === 'loaded' || module === 'available')
    return { ...base, go: true, seen: `kernel module ${module}` };
  if (userspace && tun) return { ...base, go: true, seen: 'no kernel module; wireguard-go is there' };
  return {
    ...base,
    go: false,
    seen: `no kernel module, ${userspace ? 'wireguard-go' : 'no wireguard-go'}, ${tun ? '/dev/net/tun' : 'no /dev/net/tun'}`,
    fix: tun
      ? `install wireguard-go on ${node}, or a kernel that has WireGuard`
      : `let the provider of ${node} give it TUN/TAP (or a kernel that has WireGuard), then install wireguard-go`,
  };
}

/** The node can bring a WireGuard interface up. Nothing is loaded to find that out. */
export const wireguardSupport: GateKind<Readonly<Record<string, never>>> = {
  kind: 'wireguard-support',
  schema: parameters(),
  patience: 0,

  probe() {
    return PROBE;
  },

  verdict(context, replies) {
    const readings = readReplies(context, replies, (lines) => only(lines, 'support', 3));
    const findings = [...readings.seen].map(([node, [module = '', userspace, tun]]) =>
      judge(node, module, userspace === 'yes', tun === 'yes'),
    );
    return conclude(
      readings,
      findings,
      (go, all) => `${go} of ${all} node${all === 1 ? ' has' : 's have'} WireGuard`,
    );
  },
};

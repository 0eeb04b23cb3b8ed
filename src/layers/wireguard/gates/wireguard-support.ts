import support from '../../../facts/machine/wireguard-support.sh';
import { all, END_LINE, fromLines, only } from '../../../remote/reply-lines.js';
import type { Finding, GateKind } from '../../gate.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';

interface Support {
  readonly module: string;
  readonly userspace: boolean;
  readonly tun: boolean;
  /** The running kernel, if its modules are gone, and installed kernels that have WireGuard. */
  readonly running: string | undefined;
  readonly installed: readonly string[];
}

function judge(node: string, { module, userspace, tun, running, installed }: Support): Finding {
  const base = { node, expected: 'WireGuard in the kernel, or wireguard-go and /dev/net/tun' };
  if (module === 'loaded' || module === 'available')
    return { ...base, go: true, seen: `kernel module ${module}` };
  const stale =
    running === undefined
      ? undefined
      : `running ${running}, WireGuard's module is there for ${installed.join(', ')}`;
  if (userspace && tun) {
    const seen = stale === undefined ? 'no kernel module' : `${stale}, so after a reboot`;
    return { ...base, go: true, seen: `${seen}; wireguard-go is there` };
  }
  if (stale !== undefined) {
    return { ...base, go: false, seen: stale, fix: `reboot ${node} into the kernel that is installed` };
  }
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
export const wireguardSupport: GateKind<Readonly<Record<string, never>>, Support> = {
  kind: 'wireguard-support',
  schema: parameters(),
  patience: 0,

  probe() {
    return {
      script: `${support}echo ${END_LINE}\n`,
      parse: fromLines((lines) => {
        const [module = '', userspace, tun] = only(lines, 'support', 3);
        const others = all(lines, 'other');
        return {
          module,
          userspace: userspace === 'yes',
          tun: tun === 'yes',
          running: others[0]?.[0],
          installed: others.map(([, release = '']) => release),
        };
      }),
    };
  },

  verdict(_context, readings) {
    const findings = [...readings.seen].map(([node, support]) => judge(node, support));
    return conclude(
      readings,
      findings,
      (go, total) => `${go} of ${total} node${total === 1 ? ' has' : 's have'} WireGuard`,
    );
  },
};

import { all, type Lines } from '../../remote/reply-lines.js';
import ufw from './ufw.sh';

/** One incoming rule, as UFW's own files have it. */
export interface UfwRule {
  readonly family: 4 | 6;
  readonly action: 'allow' | 'deny' | 'reject' | 'limit';
  readonly protocol: 'tcp' | 'udp' | 'any' | string;
  /** `443`, `60000:61000`, `80,443` or `any`. */
  readonly port: string;
  /** CIDR or a bare address, as UFW writes it; `0.0.0.0/0` and `::/0` are anyone. */
  readonly to: string;
  readonly from: string;
  /** `any` unless the rule has one. */
  readonly fromPort: string;
  readonly interface?: string;
  readonly comment?: string;
}

export interface UfwState {
  /** Whether it is on, as its settings say: from the next boot at the latest. */
  readonly enabled: boolean;
  readonly ipv6: boolean;
  /** Whether it drops or rejects what no rule accepts. */
  readonly closes: boolean;
  /** Without those for IPv6 that are left in its files if it does without IPv6: it neither loads nor changes them. */
  readonly rules: readonly UfwRule[];
  /** Families whose rules the kernel has. */
  readonly loaded: ReadonlySet<4 | 6>;
}

/** sh that prints UFW's state; UFW itself isn't run, for some of its commands change things. */
export const READ_UFW = ufw;

/** Undefined if UFW isn't installed. */
export function parseUfw(lines: Lines): UfwState | undefined {
  const settings = all(lines, 'ufw-setting').map(([text = '']) => text.replaceAll(/["']/g, '').toLowerCase());
  if (settings.length === 0) return undefined;
  const ipv6 = settings.includes('ipv6=yes');
  const rules = all(lines, 'ufw-rule').flatMap((words) => ruleOf(words) ?? []);
  return {
    enabled: settings.includes('enabled=yes'),
    ipv6,
    closes: !settings.includes('default_input_policy=accept'),
    rules: rules.filter(({ family }) => ipv6 || family === 4),
    loaded: new Set(all(lines, 'ufw-loaded').map(([family]) => (family === '6' ? 6 : 4))),
  };
}

const ACTION = /^(allow|deny|reject|limit)(_log(-all)?)?$/;

/** `4 allow tcp 443 0.0.0.0/0 any 198.51.100.7 in_eth0 comment=68690a`; undefined for outgoing and routed packets. */
function ruleOf(words: readonly string[]): UfwRule | undefined {
  const [family, verb = '', protocol, port, to, fromPort, from, ...rest] = words;
  const [, action] = ACTION.exec(verb) ?? [];
  if (action === undefined || protocol === undefined || port === undefined) return undefined;
  if (to === undefined || fromPort === undefined || from === undefined) return undefined;
  const way = rest.find((word) => /^(in|out)(_|$)/.test(word)) ?? 'in';
  if (way.startsWith('out')) return undefined;
  const hex = rest.find((word) => word.startsWith('comment='))?.slice('comment='.length);
  return {
    family: family === '6' ? 6 : 4,
    action: action as UfwRule['action'],
    protocol,
    port,
    to,
    from,
    fromPort,
    ...(way.length > 3 && { interface: way.slice(3) }),
    ...(hex !== undefined && { comment: Buffer.from(hex, 'hex').toString('utf8') }),
  };
}

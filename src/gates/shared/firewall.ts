/** One rule, in the words of `nft list` or `iptables -S`. */
type Rule = string;

/** A table with one of its base chains. */
export interface Firewall {
  /** Such as `table inet filter`. */
  readonly name: string;
  /** The chain that the kernel asks. */
  readonly base: string;
  /** Whether it drops what no rule decides. */
  readonly drops: boolean;
  readonly chains: ReadonlyMap<string, readonly Rule[]>;
}

export type Match = 'no' | 'maybe' | 'yes';
export type Course = 'open' | 'closed' | 'through';

/** Reads `nft list table`: one table, once for each base chain that filters at the hook. */
export function parseNftHook(lines: readonly string[], hook: 'forward'): readonly Firewall[] {
  const chains = new Map<string, string[]>();
  const bases: { readonly base: string; readonly drops: boolean }[] = [];
  let name = '';
  let rules: string[] | undefined;
  let chain = '';
  for (const line of lines.map((text) => text.trim())) {
    const opened = /^(table|chain) (.+?) \{$/.exec(line);
    if (opened?.[1] === 'table') name = `table ${opened[2]}`;
    else if (opened?.[1] === 'chain') {
      chain = opened[2] ?? '';
      rules = [];
      chains.set(chain, rules);
    } else if (line === '}') rules = undefined;
    else if (line.startsWith(`type filter hook ${hook} `))
      bases.push({ base: chain, drops: /policy drop;/.test(line) });
    else if (rules && !/^(type|policy|comment) /.test(line)) rules.push(line);
  }
  return bases.map((one) => ({ name, ...one, chains }));
}

/** Reads `iptables -S`, or `ip6tables -S`, as the firewall that begins with a built-in chain. */
export function parseIptablesChain(
  lines: readonly string[],
  base: 'FORWARD',
  tool: 'iptables' | 'ip6tables' = 'iptables',
): Firewall | undefined {
  if (!lines.some((line) => line.startsWith(`-P ${base} `))) return undefined;
  const chains = new Map<string, string[]>();
  for (const line of lines) {
    const [, chain, rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain !== undefined && rule !== undefined)
      chains.set(chain, [...(chains.get(chain) ?? []), likeNft(rule, tool === 'iptables' ? 'ip' : 'ip6')]);
  }
  return { name: tool, base, drops: lines.includes(`-P ${base} DROP`), chains };
}

function likeNft(rule: string, family: 'ip' | 'ip6'): Rule {
  const [, conditions = '', target = ''] = /^(.*?) ?-[jg] (\S+).*$/.exec(rule) ?? [];
  const protocol = /-p (\S+)/.exec(conditions)?.[1] ?? '';
  const ports = /--dports? (\S+)/.exec(conditions)?.[1]?.replaceAll(':', '-');
  const parts = conditions
    .replace(
      /-p \S+|-m (udp|tcp|multiport|conntrack|state|comment)\b|--dports? \S+|--comment ("[^"]*"|\S+)/g,
      '',
    )
    .replace(/(! )?-([io]) (\S+)/g, (_, not, way, device) => `${way}ifname ${not ? '!= ' : ''}"${device}"`)
    .replace(
      /(! )?-([sd]) (\S+)/g,
      (_, not, way, range) => `${family} ${way}addr ${not ? '!= ' : ''}${range}`,
    )
    .replace(/--(?:ct)?state (\S+)/, (_, states: string) => `ct state ${states.toLowerCase()}`)
    .trim();
  const port = ports === undefined ? '' : `${protocol} dport { ${ports} }`;
  const verdict = /^(ACCEPT|DROP|REJECT|RETURN)$/.test(target) ? target.toLowerCase() : `jump ${target}`;
  return [port || (protocol && `ip protocol ${protocol}`), parts, verdict].filter(Boolean).join(' ');
}

/** The rule that closes a way, and its place in its chain, counted from 1. */
export interface Closing {
  readonly chain: string;
  readonly place: number;
  readonly rule: string;
}

/**
 * Where a packet ends that begins in a chain; `match` says whether a rule's conditions fit it, and `tell` hears of the rule
 * that closes.
 */
export function courseOf(
  firewall: Firewall,
  match: (conditions: string) => Match,
  tell: (closing: Closing) => void = () => undefined,
  chain = firewall.base,
  depth = 0,
): Course {
  if (depth > 16) return 'open';
  // What may have returned already is not certainly dropped by the rest of the chain.
  let mayReturn = false;
  for (const [index, raw] of (firewall.chains.get(chain) ?? []).entries()) {
    const rule = raw
      .replace(
        / comment "[^"]*"| ?counter packets \d+ bytes \d+| ?\blog\b( (prefix|level|flags) ("[^"]*"|\S+))*/g,
        '',
      )
      .trim();
    const [, conditions = '', verdict, target] =
      /^(.*?) ?\b(accept|drop|reject|return|queue|jump|goto)\b ?(\S*).*$/.exec(rule) ?? [];
    const fits = match(/\bvmap\b/.test(rule) ? rule : conditions);
    if (fits === 'no') continue;
    if (/\bvmap\b/.test(rule)) return 'open';
    if (verdict === undefined) continue;
    if (verdict === 'accept' || verdict === 'queue') return 'open';
    if (verdict === 'jump' || verdict === 'goto') {
      const course = courseOf(firewall, match, tell, target ?? '', depth + 1);
      if (course === 'open' || (course === 'closed' && fits === 'yes'))
        return mayReturn && course === 'closed' ? 'through' : course;
    }
    if (fits === 'yes' && (verdict === 'drop' || verdict === 'reject')) {
      tell({ chain, place: index + 1, rule });
      return mayReturn ? 'through' : 'closed';
    }
    if (fits === 'yes' && verdict === 'return') return 'through';
    if (verdict === 'return') mayReturn = true;
  }
  return 'through';
}

/** One rule as `nft -a list ruleset` prints it, without its handle. */
export interface Rule {
  readonly text: string;
  readonly handle?: string;
}

export interface Base {
  readonly hook: string;
  /** Lower ones come first. */
  readonly priority: number;
  readonly drops: boolean;
}

export interface Chain {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** The hook at which the kernel evaluates it; absent if other chains jump to it. */
  readonly base?: Base;
}

export interface Table {
  /** `ip`, `ip6` or `inet`. */
  readonly family: string;
  readonly name: string;
  /** The command that edits it: nft, or iptables if its chains are those of iptables. */
  readonly tool: 'nft' | 'iptables';
  readonly chains: ReadonlyMap<string, Chain>;
}

const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** `filter`, `mangle - 10`, `-150`. */
function priorityOf(text: string): number {
  const [, name, number, sign, offset] = /^(?:([a-z]+)|(-?\d+))(?: ([+-]) (\d+))?$/.exec(text.trim()) ?? [];
  const start = name === undefined ? Number(number ?? 0) : (PRIORITIES[name] ?? 0);
  return start + Number(offset ?? 0) * (sign === '-' ? -1 : 1);
}

const BASE = /^type \w+ hook (\w+) (?:device \S+ )?priority ([^;]+);(?: policy (\w+);)?/;
const BUILT_IN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

interface Draft {
  readonly family: string;
  readonly name: string;
  readonly chains: Map<string, { name: string; rules: Rule[]; base?: Base }>;
}

const finish = ({ family, name, chains }: Draft): Table => {
  const bases = [...chains.values()].filter(({ base }) => base !== undefined);
  const iptables = family !== 'inet' && bases.length > 0 && bases.every((chain) => BUILT_IN.test(chain.name));
  return { family, name, tool: iptables ? 'iptables' : 'nft', chains };
};

/** What nft notes at the end of a line: a handle, and the program that a table belongs to. */
const NOTED = /^(.*?) #(?: handle (\d+)(?: progname .+)?| progname .+)$/;

/** Reads `nft -a list ruleset`, or parts of it. Sets, maps and anything else in a table are skipped. */
export function parseRuleset(lines: readonly string[]): readonly Table[] {
  const drafts: Draft[] = [];
  let table: Draft | undefined;
  let chain: { name: string; rules: Rule[]; base?: Base } | undefined;
  let depth = 0;
  for (const raw of lines) {
    const line = raw.trim();
    const [, text = line, handle] = NOTED.exec(line) ?? [];
    const [, opened, rest = ''] = /^(table|chain) (.+?) \{$/.exec(text) ?? [];
    if (opened === 'table') {
      const [family = '', name = ''] = rest.split(' ');
      table = { family, name, chains: new Map() };
      drafts.push(table);
      depth = 1;
    } else if (opened === 'chain' && table) {
      chain = { name: rest, rules: [] };
      table.chains.set(rest, chain);
      depth = 2;
    } else if (text === '}') {
      depth -= 1;
      if (depth < 2) chain = undefined;
      if (depth < 1) table = undefined;
    } else if (chain === undefined) {
      if (text.endsWith('{')) depth += 1;
    } else {
      const [, hook, priority, policy] = BASE.exec(text) ?? [];
      if (hook !== undefined && priority !== undefined)
        chain.base = { hook, priority: priorityOf(priority), drops: policy === 'drop' };
      else if (text !== '' && !/^(comment|policy) /.test(text))
        chain.rules.push({ text, ...(handle !== undefined && { handle }) });
    }
  }
  return drafts.map(finish);
}

const HOOKS: Readonly<Record<string, string>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** Reads `iptables-legacy-save` or `ip6tables-legacy-save`, whose rules nft doesn't show. */
export function parseSaved(lines: readonly string[], family: 'ip' | 'ip6'): readonly Table[] {
  const drafts: Draft[] = [];
  for (const line of lines) {
    const [, name] = /^\*(\w+)/.exec(line) ?? [];
    if (name !== undefined) drafts.push({ family, name, chains: new Map() });
    const table = drafts.at(-1);
    if (table === undefined) continue;
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined) {
      const hook = HOOKS[chain];
      const nat = table.name === 'nat' ? (chain === 'PREROUTING' ? -100 : 100) : undefined;
      const base: Base | undefined = hook
        ? { hook, priority: nat ?? PRIORITIES[table.name] ?? 0, drops: policy === 'DROP' }
        : undefined;
      table.chains.set(chain, { name: chain, rules: [], ...(base && { base }) });
    }
    const [, to = '', rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (rule !== undefined) table.chains.get(to)?.rules.push({ text: asNft(rule, family) });
  }
  return drafts.map(finish);
}

/** Reads `iptables -S` or `ip6tables -S`: only the table filter, in a format that differs from `iptables-save`. */
export function parseFilterRules(lines: readonly string[], family: 'ip' | 'ip6'): readonly Table[] {
  if (lines.length === 0) return [];
  const saved = lines.map((line) =>
    line.replace(/^-P (\S+) (\S+)$/, ':$1 $2').replace(/^-N (\S+)$/, ':$1 -'),
  );
  return parseSaved(['*filter', ...saved], family);
}

/** What follows `-j DNAT` or `-j REDIRECT`; nothing for other targets. */
function translation(rest: string): string {
  const [, option, to = ''] = / --to-(destination|ports) (\S+)/.exec(rest) ?? [];
  if (option === undefined) return '';
  return option === 'ports' ? `redirect to :${to}` : `dnat to ${to}`;
}

/** An iptables rule in nft's syntax, as far as it matters here. */
function asNft(rule: string, family: 'ip' | 'ip6'): string {
  const [, conditions = '', target = '', rest = ''] = /^(.*?) ?-[jg] (\S+)(.*)$/.exec(rule) ?? [];
  const [, notProtocol, protocol = ''] = /(! )?-p (\S+)/.exec(conditions) ?? [];
  const port = (side: string): string => {
    const [, not, ports] = new RegExp(`(! )?--${side}ports? (\\S+)`).exec(conditions) ?? [];
    const set = ports?.replaceAll(':', '-');
    return set === undefined ? '' : `${protocol} ${side}port ${not ? '!= ' : ''}{ ${set} }`;
  };
  const others = conditions
    .replace(
      /(! )?-p \S+|-m (udp|tcp|multiport|conntrack|state|comment)\b|(! )?--[ds]ports? \S+|--comment ("[^"]*"|\S+)/g,
      '',
    )
    .replace(/(! )?-([io]) (\S+)/g, (_, not, way, device) => `${way}ifname ${not ? '!= ' : ''}"${device}"`)
    .replace(
      /(! )?-([sd]) (\S+)/g,
      (_, not, way, range) => `${family} ${way}addr ${not ? '!= ' : ''}${range}`,
    )
    .replace(
      /(! )?--(?:ct)?state (\S+)/,
      (_, not, states: string) => `ct state ${not ? '!= ' : ''}${states.toLowerCase()}`,
    )
    .replace(/\s+/g, ' ')
    .trim();
  const verdict = /^(ACCEPT|DROP|REJECT|RETURN|QUEUE)$/.test(target)
    ? `${target.toLowerCase()}${rest}`
    : /^(LOG|MARK|CONNMARK|NFLOG|TCPMSS|SNAT|DNAT|MASQUERADE|REDIRECT|CT|NOTRACK|CHECKSUM)$/.test(target)
      ? translation(rest)
      : `${/ -g | ?-g /.test(rule) ? 'goto' : 'jump'} ${target}`;
  const proto =
    protocol && !port('d') && !port('s') ? `meta l4proto ${notProtocol ? '!= ' : ''}${protocol}` : '';
  return [proto, port('s'), port('d'), others, verdict].filter(Boolean).join(' ');
}

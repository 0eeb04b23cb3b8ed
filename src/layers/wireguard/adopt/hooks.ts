import { command } from '../../../remote/quote.js';

/** What a command of a PostUp line is for, if that is known. */
export type HookPurpose =
  /** Lets packets of the tunnel through the FORWARD chain. */
  | 'forward'
  /** Gives packets that leave the tunnel the node's own address. */
  | 'masquerade'
  /** Opens the node's own ports. */
  | 'input'
  /** Fits the segments of TCP into the tunnel. */
  | 'clamp'
  /** Turns the kernel's forwarding on. */
  | 'switch'
  /** Loads the private key, or a preshared key. */
  | 'key'
  /** Undoes, when the interface goes down, what one of these did. */
  | 'undo';

/** One command of a PreUp, PostUp, PreDown or PostDown line of a configuration. */
export interface Hook {
  readonly line: 'PreUp' | 'PostUp' | 'PreDown' | 'PostDown';
  /** As written, with the interface's name for `%i`. */
  readonly text: string;
  /** Undefined: only whoever wrote it knows. */
  readonly purpose: HookPurpose | undefined;
  /** The words of a rule, without `-A` or `-I`: what deletes it again. */
  readonly rule?: {
    readonly tool: 'iptables' | 'ip6tables';
    readonly table: string;
    readonly words: readonly string[];
  };
}

const LINE = /^\s*(PreUp|PostUp|PreDown|PostDown)\s*=\s*(.*?)\s*$/i;
const NAMES = ['PreUp', 'PostUp', 'PreDown', 'PostDown'] as const;
const SWITCH =
  /^(?:sysctl (?:-q )?(?:-w )?|echo ([01]) ?> ?\/proc\/sys\/)net[./]ipv[46][./](?:ip_forward|conf[./]all[./]forwarding)(?: ?= ?([01]))?$/;
const KEY = /^wg set \S+ (?:peer \S+ preshared|private)-key \S+$/;

/** Commands of the hooks in a configuration, in their order. */
export function hooksOf(text: string, interfaceName: string): readonly Hook[] {
  return text.split(/\r?\n/).flatMap((raw): Hook[] => {
    const [, key = '', value = ''] = LINE.exec(raw.replace(/#.*/, '')) ?? [];
    const line = NAMES.find((name) => name.toLowerCase() === key.toLowerCase());
    if (line === undefined) return [];
    const commands = value.replaceAll('%i', interfaceName).split(/\s*(?:;|&&)\s*/);
    return commands.filter((one) => one !== '').map((one) => toHook(line, one.replace(/\s+/g, ' ')));
  });
}

function toHook(line: Hook['line'], text: string): Hook {
  const [isSwitch, echoed, set = echoed] = SWITCH.exec(text) ?? [];
  const rule = ruleOf(text);
  if (line.endsWith('Down')) {
    const isUndo = rule?.verb === '-D' || (isSwitch !== undefined && set === '0');
    return { line, text, purpose: isUndo ? 'undo' : undefined };
  }
  if (rule !== undefined && rule.verb !== '-D') {
    const { tool, table, chain, words } = rule;
    return { line, text, purpose: purposeOf(rule), rule: { tool, table, words: [chain, ...words] } };
  }
  if (KEY.test(text)) return { line, text, purpose: 'key' };
  return { line, text, purpose: set === '1' ? 'switch' : undefined };
}

interface Rule {
  readonly tool: 'iptables' | 'ip6tables';
  readonly table: string;
  readonly verb: '-A' | '-I' | '-D';
  readonly chain: string;
  readonly words: readonly string[];
}

const VERBS: Readonly<Record<string, Rule['verb']>> = {
  '-A': '-A',
  '--append': '-A',
  '-I': '-I',
  '--insert': '-I',
  '-D': '-D',
  '--delete': '-D',
};

/** A call of iptables that adds or deletes one rule; what a shell would expand or quote is left to its author. */
function ruleOf(text: string): Rule | undefined {
  if (/[^\w ./:,=!+-]/.test(text)) return undefined;
  const [name = '', ...given] = text.split(' ');
  const tool = /^(?:\/usr)?(?:\/s?bin\/)?(ip6?tables)$/.exec(name)?.[1] as Rule['tool'] | undefined;
  if (tool === undefined) return undefined;
  const words = given.filter((word) => word !== '-w' && word !== '--wait');
  const at = words.findIndex((word) => word === '-t' || word === '--table');
  const table = at < 0 ? 'filter' : (words[at + 1] ?? '');
  if (at >= 0) words.splice(at, 2);
  const verb = VERBS[words[0] ?? ''];
  const chain = words[1];
  if (verb === undefined || chain === undefined) return undefined;
  const rest = words.slice(/^\d+$/.test(words[2] ?? '') ? 3 : 2);
  return { tool, table, verb, chain, words: rest };
}

function purposeOf({ table, chain, words }: Rule): HookPurpose | undefined {
  const at = words.findIndex((word) => word === '-j' || word === '--jump');
  const target = at < 0 ? '' : words[at + 1];
  if (table === 'nat' && chain === 'POSTROUTING' && target === 'MASQUERADE') return 'masquerade';
  if (target === 'TCPMSS' && (table === 'mangle' || table === 'filter')) return 'clamp';
  if (table !== 'filter' || target !== 'ACCEPT') return undefined;
  if (chain === 'FORWARD') return 'forward';
  return chain === 'INPUT' ? 'input' : undefined;
}

/**
 * sh commands that delete the rules that the hooks of a configuration have added: once it is replaced, nothing else would.
 * One that isn't there any more is left out.
 */
export function deleteRules(hooks: readonly Hook[]): readonly string[] {
  return hooks
    .flatMap(({ rule }) => rule ?? [])
    .map(({ tool, table, words }) => {
      const call = (verb: string) => command(tool, '-w', '-t', table, verb, ...words);
      return `{ ! ${call('-C')} 2>/dev/null || ${call('-D')}; }`;
    });
}

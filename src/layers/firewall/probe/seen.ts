import { fileFact, type SeenFile } from '../../../facts/file.js';
import { type FirewalldState, parseFirewalld, READ_FIREWALLD } from '../../../facts/firewall/firewalld.js';
import { parseRules, READ_RULES, type Rules } from '../../../facts/firewall/read.js';
import { parseUfw, READ_UFW, type UfwState } from '../../../facts/firewall/ufw.js';
import { type Login, parseLogin, READ_LOGIN } from '../../../facts/login.js';
import { parseSshPorts, READ_SSH_PORTS } from '../../../facts/ssh-ports.js';
import { inParts, type Question } from '../../../remote/question.js';
import { all, fromLines, integer, type Lines } from '../../../remote/reply-lines.js';
import { isCalledInside } from '../../host/forwarding/inside.js';
import type { Pass } from '../table/passes.js';
import { NAMES, RULES_PATH } from '../table/paths.js';
import own from './own.sh';
import uplinks from './uplinks.sh';

export interface SeenPass extends Pass {
  readonly place: number;
}

export interface OwnState {
  /** Checksum and `644 root root` by path. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly mode: string }>;
  readonly enabled: boolean;
  readonly active: boolean;
  /** Checksum of the live table. */
  readonly table?: string;
  /** Checksums of the file that was loaded last, and of the table that it made. */
  readonly loaded: readonly string[];
  /** Our rules in the chain INPUT, and their places there, counted from 1. */
  readonly passes: readonly SeenPass[];
}

export interface SeenFirewall {
  readonly login?: Login;
  /** Ports of sshd, now or from its next start on. */
  readonly sshPorts: readonly number[];
  /** Interfaces that lead out, although they are called as one to containers or guests. */
  readonly uplinks: readonly string[];
  readonly hasNft: boolean;
  readonly firewalld?: FirewalldState;
  readonly ufw?: UfwState;
  readonly own: OwnState;
  readonly rules: SeenFile;
  /** All tables of the node; undefined if their rules are too many to be judged. */
  readonly tables: Rules;
}

type Read = Omit<SeenFirewall, 'rules'>;

/** Everything that decides what the node lets in, ours and others'. */
export function firewallQuestion(): Question<SeenFirewall> {
  const question = inParts({
    read: {
      script: `${NAMES}${READ_LOGIN}${READ_SSH_PORTS}${uplinks}${own}${READ_UFW}${READ_FIREWALLD}${READ_RULES}\necho end`,
      parse: fromLines(readOf),
    },
    rules: fileFact(RULES_PATH),
  });
  return {
    script: question.script,
    parse: (reply) => {
      const { read, rules } = question.parse(reply);
      return { ...read, rules };
    },
  };
}

function readOf(lines: Lines): Read {
  const has = (word: string): boolean => all(lines, word).length > 0;
  const login = parseLogin(lines);
  const ufw = parseUfw(lines);
  const firewalld = parseFirewalld(lines);
  return {
    ...(login !== undefined && { login }),
    sshPorts: parseSshPorts(lines),
    uplinks: [...new Set(all(lines, 'uplink').map(([name = '']) => name))].filter(isCalledInside).sort(),
    hasNft: has('has-nft'),
    ...(firewalld !== undefined && { firewalld }),
    ...(ufw !== undefined && { ufw }),
    own: ownOf(lines),
    tables: parseRules(lines),
  };
}

function ownOf(lines: Lines): OwnState {
  const unit = all(lines, 'own-unit').map(([text]) => text);
  const [table] = all(lines, 'own-table')[0] ?? [];
  const modes = new Map(all(lines, 'own-mode').map(([path = '', ...mode]) => [path, mode.join(' ')]));
  return {
    files: new Map(
      all(lines, 'own-sum').map(([sha256 = '', path = '']) => [
        path,
        { sha256, mode: modes.get(path) ?? '' },
      ]),
    ),
    enabled: unit.includes('UnitFileState=enabled'),
    active: unit.includes('ActiveState=active'),
    ...(table !== undefined && { table }),
    loaded: all(lines, 'own-loaded').flat(),
    passes: all(lines, 'own-pass').map(([tool, place, ...rule]) => ({
      tool: tool === 'ip6tables' ? 'ip6tables' : 'iptables',
      place: integer(place),
      rule: rule.join(' '),
    })),
  };
}

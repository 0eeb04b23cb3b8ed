import { all, type Lines } from '../../remote/reply-lines.js';
import readRules from './read-rules.sh';
import rulesInTheWay from './rules-in-the-way.sh';
import { parseRuleset, parseSaved, type Table } from './ruleset.js';

/** Lines of a ruleset that are read, without what is in its sets; a longer one isn't judged. */
const LINES = 8000;

/** Why nothing is known of a machine's rules. */
export const TOO_LONG = `its ruleset has ${LINES} lines or more, too many to be judged`;

const functions = (state: '-s' | ''): string => `rule_lines=${LINES}\nrule_state=${state}\n${readRules}`;
const FUNCTIONS = functions('-s');
const ALL = 'if command -v nft >/dev/null 2>&1; then read_rules; else rules_without_nft; fi';

/** sh that prints all rules of the machine: nft's, and those of legacy iptables, which nft doesn't show. */
export const READ_RULES = `${FUNCTIONS}read_rules`;

/** The same, also on a machine without nft. */
export const READ_ALL_RULES = `${FUNCTIONS}${ALL}`;

/** The same, with the counters of the rules that have one. */
export const READ_COUNTED_RULES = `${functions('')}${ALL}`;

/** All rules, if another program filters incoming packets, or if nft can't be read. */
export const READ_RULES_IN_THE_WAY = `${FUNCTIONS}${rulesInTheWay}`;

/** A machine's rules; undefined if there are too many to be judged. */
export type Rules = readonly Table[] | undefined;

/** The output of any of these, as tables. */
export function parseRules(lines: Lines): Rules {
  const linesOf = (word: string): readonly string[] => all(lines, word).map((words) => words.join(' '));
  const [nft, iptables, ip6tables] = [linesOf('nft'), linesOf('iptables'), linesOf('ip6tables')];
  if ([nft, iptables, ip6tables].some((own) => own.length >= LINES)) return undefined;
  return [...parseRuleset(nft), ...parseSaved(iptables, 'ip'), ...parseSaved(ip6tables, 'ip6')];
}

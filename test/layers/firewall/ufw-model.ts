import type { UfwRule } from '../../../src/facts/firewall/ufw.js';
import { isAllowed } from '../../../src/layers/firewall/ufw/rules.js';
import type { Change } from '../../../src/layers/step.js';

const ANY = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** UFW's files have an address without the length of its range. */
export const asWritten = (range: string): string =>
  range.replace(range.includes(':') ? /\/128$/ : /\/32$/, '');

interface Words {
  readonly isDelete: boolean;
  readonly comment: string | undefined;
  readonly rules: readonly UfwRule[];
}

/** What UFW's parser makes of a command: `from any` is a rule in both families if UFW has both. */
function parsed(command: string, ipv6: boolean): Words {
  const words = [...command.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const from = after('from') ?? '';
  const families: readonly (4 | 6)[] =
    from === 'any' ? (ipv6 ? [4, 6] : [4]) : from.includes(':') ? [6] : [4];
  if (!ipv6 && families.includes(6)) throw new Error('Adding IPv6 rule failed: IPv6 not enabled');
  const comment = after('comment');
  const device = after('on');
  return {
    isDelete: words.includes('delete'),
    comment,
    rules: families.map((family) => ({
      family,
      action: 'allow',
      protocol: after('proto') ?? '',
      port: after('port') ?? '',
      to: ANY[family],
      from: from === 'any' ? ANY[family] : asWritten(from),
      fromPort: 'any',
      ...(device !== undefined && { interface: device }),
      ...(comment !== undefined && { comment }),
    })),
  };
}

const keyOf = ({ family, protocol, port, from, interface: device }: UfwRule): string =>
  JSON.stringify([family, protocol, port, from, device ?? '']);

/** The rules after one command, as UFW 0.36 changes them: one with the same packets is replaced, and so is its comment. */
function after(rules: readonly UfwRule[], command: string, ipv6: boolean): UfwRule[] {
  const { isDelete, rules: named } = parsed(command, ipv6);
  const byPackets = new Map(rules.map((rule) => [keyOf(rule), rule]));
  for (const rule of named) {
    if (isDelete) byPackets.delete(keyOf(rule));
    else byPackets.set(keyOf(rule), rule);
  }
  return [...byPackets.values()];
}

/** The rules after each `ufw allow` and `ufw delete` of the changes, the first state included. */
export function statesOf(rules: readonly UfwRule[], changes: readonly Change[], ipv6: boolean): UfwRule[][] {
  const states = [[...rules]];
  for (const command of changes.flatMap(({ script }) => script.split(' && '))) {
    if (command.startsWith("'ufw'")) states.push(after(states.at(-1) ?? [], command, ipv6));
  }
  return states;
}

/** Whether a login from an address is let in. */
export const letsIn = (
  rules: readonly UfwRule[],
  { from, port, device }: { readonly from: string; readonly port: number; readonly device: string },
): boolean =>
  isAllowed(rules, {
    families: [from.includes(':') ? 6 : 4],
    protocol: 'tcp',
    port: `${port}`,
    from: from.includes(':') ? `${from}/128` : `${from}/32`,
    interface: device,
    isSsh: true,
  });

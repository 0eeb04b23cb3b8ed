import type { UfwRule, UfwState } from '../../../facts/firewall/ufw.js';
import { command } from '../../../remote/quote.js';
import type { Change, Disruption } from '../../step.js';
import { MARK } from '../table/paths.js';
import {
  asWanted,
  isAllowed,
  isSame,
  missingFrom,
  ownRules,
  spans,
  type UfwWanted,
  ufwWords,
} from './rules.js';

const NONE: Disruption = { level: 'none' };

const add = (wanted: UfwWanted): string =>
  `${command('ufw', ...ufwWords(wanted), 'comment', MARK)} >/dev/null`;
const remove = (wanted: UfwWanted): string => `${command('ufw', 'delete', ...ufwWords(wanted))} >/dev/null`;

const words = (wanted: UfwWanted): string => ufwWords(wanted).join(' ');

/** Whether the kernel has the rules that UFW's files have. */
const isLoaded = ({ loaded, ipv6 }: UfwState): boolean => loaded.has(4) && (!ipv6 || loaded.has(6));

/**
 * Adds what UFW won't let in without those of our rules that are no longer wanted, SSH first; then removes these.
 */
export function planUfw(wanted: readonly UfwWanted[], ufw: UfwState, isBlocked: boolean): Change[] {
  const left = surplusOf(wanted, ufw);
  const kept = ufw.rules.filter((rule) => !left.includes(rule));
  const missing = wanted.flatMap((one) => missingFrom(kept, one) ?? []);
  const surplus = asWanted(left, ufw);
  if (!isLoaded(ufw)) return missing.length > 0 || ufw.enabled ? [start(missing, surplus)] : [];
  return [
    ...missing.map((one): Change => ({ summary: `ufw ${words(one)}`, disruption: NONE, script: add(one) })),
    ...surplus.map(
      (one): Change => ({ summary: `ufw delete ${words(one)}`, disruption: NONE, script: remove(one) }),
    ),
    ...(isBlocked && missing.length === 0
      ? [
          {
            summary: 'reload UFW, whose rules the kernel has only in part',
            disruption: NONE,
            script: 'ufw reload >/dev/null',
          },
        ]
      : []),
  ];
}

/** Ours that are no longer wanted. */
const surplusOf = (wanted: readonly UfwWanted[], ufw: UfwState): UfwRule[] =>
  ownRules(ufw).filter((rule) => !wanted.some((one) => isSame(rule, one)));

/**
 * UFW's settings say that it is on, and the kernel doesn't have its rules: the next boot would close everything but them. As
 * long as it says so, `ufw allow` fails half-way; so it is off while rules are added, SSH first.
 */
function start(missing: readonly UfwWanted[], surplus: readonly UfwWanted[]): Change {
  const rules = [...missing.map(add), ...surplus.map(remove)];
  return {
    summary: `start UFW, which is enabled and not loaded${missing.length > 0 ? `, with: ${missing.map(words).join('; ')}` : ''}`,
    disruption: { level: 'brief', detail: 'idle connections may have to be made again' },
    script: ['ufw --force disable >/dev/null', ...rules, 'ufw --force enable >/dev/null'].join(' && '),
  };
}

/** On a node that is no longer closed: ours are removed, except for what lets logins in at the ports of sshd. */
export function planUfwRetirement(ufw: UfwState, sshPorts: readonly number[]): Change[] {
  const own = ownRules(ufw);
  const others = ufw.rules.filter((rule) => !own.includes(rule));
  return asWanted(own, ufw).map((one): Change => {
    const isKept = ufw.enabled && sshPorts.some((port) => isNeeded(one, `${port}`, { own, others }));
    if (!isKept) return { summary: `ufw delete ${words(one)}`, disruption: NONE, script: remove(one) };
    return {
      summary: `leave ufw ${words(one)}, without which UFW would keep logins out`,
      disruption: NONE,
      script: `${command('ufw', ...ufwWords(one), 'comment', 'SSH')} >/dev/null`,
    };
  });
}

/** Whether nothing else lets in at a port of sshd what a rule of ours does: no rule of others, nor of ours for just that port. */
function isNeeded(
  one: UfwWanted,
  port: string,
  { own, others }: { readonly own: readonly UfwRule[]; readonly others: readonly UfwRule[] },
): boolean {
  if (one.protocol !== 'tcp' || !spans(one.port, port)) return false;
  const exact = one.port === port ? [] : own.filter((rule) => rule.port === port);
  return !isAllowed([...others, ...exact], { ...one, port });
}

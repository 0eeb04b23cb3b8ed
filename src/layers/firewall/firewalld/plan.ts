import { count } from '../../../core/text.js';
import type { FirewalldState, FirewalldZone } from '../../../facts/firewall/firewalld.js';
import { command } from '../../../remote/quote.js';
import type { Change, Disruption } from '../../step.js';
import {
  isAllowedByOthers,
  isOurs,
  parseRich,
  type RichWanted,
  richRule,
  spans,
  type ZoneWanted,
} from './rules.js';
import { bothOf } from './zones.js';

const NONE: Disruption = { level: 'none' };

type When = 'live' | 'permanent';
type Verb = 'add' | 'remove';

/** Rules of one zone that come or go. */
interface Edit {
  readonly zone: string;
  readonly verb: Verb;
  readonly live: readonly string[];
  readonly permanent: readonly string[];
  /** Whether firewalld runs, and so makes the edit. */
  readonly running: boolean;
}

function commandsFor(when: When, { zone, verb, running, ...rules }: Edit): string[] {
  if (rules[when].length === 0) return [];
  const byFirewalld = when === 'permanent' ? ['firewall-cmd', '--permanent'] : ['firewall-cmd'];
  const [program = '', ...more] = running ? byFirewalld : ['firewall-offline-cmd'];
  const options = rules[when].map((rule) => `--${verb}-rich-rule=${rule}`);
  return [`${command(program, ...more, `--zone=${zone}`, ...options)} >/dev/null`];
}

const scriptOf = (edit: Edit): string =>
  [...commandsFor('live', edit), ...commandsFor('permanent', edit)].join(' && ');

function changeOf(edit: Edit): Change[] {
  const rules = [...new Set([...edit.live, ...edit.permanent])];
  if (rules.length === 0) return [];
  const [verb, place, sign] = edit.verb === 'add' ? ['add', 'to', '+'] : ['remove', 'from', '-'];
  return [
    {
      summary: `${verb} ${count(rules.length, 'rule')} ${place} firewalld's zone ${edit.zone}`,
      disruption: NONE,
      diff: rules.map((rule) => `${sign}${rule}`).join('\n'),
      script: scriptOf(edit),
    },
  ];
}

const rulesOf = (zones: readonly FirewalldZone[], name: string): readonly string[] =>
  zones.find((zone) => zone.name === name)?.rules ?? [];

/** Ours in any zone that are not among those. */
function surplusOf(
  zones: readonly FirewalldZone[],
  name: string,
  wanted: readonly string[],
): readonly string[] {
  return rulesOf(zones, name).filter((rule) => isOurs(rule) && !wanted.includes(rule));
}

const missingFrom = (zones: readonly FirewalldZone[], name: string, wanted: readonly string[]) =>
  wanted.filter((rule) => !rulesOf(zones, name).includes(rule));

/** What of an edit can be made: a zone may be only live or only permanent, and live rules need firewalld's chains in the kernel. */
function feasible({ live, permanent, loaded, running }: FirewalldState, edit: Omit<Edit, 'running'>): Edit {
  const has = (zones: readonly FirewalldZone[]): boolean => zones.some(({ name }) => name === edit.zone);
  return {
    ...edit,
    running,
    live: loaded && has(live) ? edit.live : [],
    permanent: has(permanent) ? edit.permanent : [],
  };
}

const RELOAD: Change = {
  summary: 'reload firewalld, whose rules the kernel has lost',
  disruption: { level: 'brief', detail: 'idle connections may have to be made again' },
  script: 'firewall-cmd --reload >/dev/null',
};

/** Adds what is missing, live and permanently, SSH first; then removes ours that are no longer wanted. */
export function planFirewalld(wanted: readonly ZoneWanted[], state: FirewalldState): Change[] {
  const { live, permanent, loaded } = state;
  const rulesFor = new Map(wanted.map(({ zone, rules }) => [zone, rules.map((rule) => richRule(rule))]));
  const names = [...new Set([...rulesFor.keys(), ...[...live, ...permanent].map(({ name }) => name)])];
  const editsOf = (verb: Verb, find: typeof surplusOf): Edit[] =>
    names.map((zone) => {
      const rules = rulesFor.get(zone) ?? [];
      const edit = { zone, verb, live: find(live, zone, rules), permanent: find(permanent, zone, rules) };
      return feasible(state, edit);
    });
  const additions = editsOf('add', missingFrom);
  const removals = editsOf('remove', surplusOf);
  return [...additions.flatMap(changeOf), ...removals.flatMap(changeOf), ...(loaded ? [] : [RELOAD])];
}

/** On a node that is no longer closed: ours are removed, except for what lets logins in at the ports of sshd. */
export function planFirewalldRetirement(state: FirewalldState, sshPorts: readonly number[]): Change[] {
  const names = [...new Set([...state.live, ...state.permanent].map(({ name }) => name))];
  const changes = names.flatMap((zone): Change[] => {
    const live = surplusOf(state.live, zone, []);
    const permanent = surplusOf(state.permanent, zone, []);
    const removal = feasible(state, { zone, verb: 'remove', live, permanent });
    const logins = [...live, ...permanent].flatMap((text) => loginsThrough(text, sshPorts));
    const kept = logins
      .filter((one) => !bothOf(zone, state).every((other) => isAllowedByOthers(other, one)))
      .map((one) => richRule(one, 0));
    const [change] = changeOf(removal);
    if (change === undefined) return [];
    if (kept.length === 0) return [change];
    const rules = [...new Set(kept)];
    const left = feasible(state, { zone, verb: 'add', live: rules, permanent: rules });
    return [
      {
        summary: `${change.summary}, except for what lets logins in, without which firewalld would keep them out`,
        disruption: NONE,
        diff: [...rules.map((rule) => `+${rule}`), change.diff].join('\n'),
        script: `${scriptOf(left)} && ${change.script}`,
      },
    ];
  });
  const needsReload = changes.length > 0 && state.running && !state.loaded;
  return needsReload ? [...changes, RELOAD] : changes;
}

/** What of a rule lets logins in. */
function loginsThrough(text: string, sshPorts: readonly number[]): RichWanted[] {
  const rule = parseRich(text);
  if (rule?.protocol !== 'tcp') return [];
  const { family, from, protocol } = rule;
  return sshPorts
    .filter((port) => spans(rule.port, `${port}`))
    .map((port) => ({
      protocol,
      port: `${port}`,
      ...(family !== undefined && { family }),
      ...(from !== undefined && { from }),
    }));
}

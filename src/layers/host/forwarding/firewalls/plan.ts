import { command } from '../../../../remote/quote.js';
import type { Change, Disruption } from '../../../step.js';
import { planOwnFile, startUnitScript } from '../files.js';
import type { SeenForwarding } from '../live.js';
import { DOCKER_UNIT, DOCKER_UNIT_PATH, dockerScript, dockerScriptPath, dockerUnitOf } from '../unit.js';
import type { Passage } from './passage.js';
import { dockerRules, ruleMark, ufwLines, ufwRules } from './rules.js';

const NONE: Disruption = { level: 'none' };
const DOCKER_TOOLS = [
  [4, 'iptables'],
  [6, 'ip6tables'],
] as const;

const ufwAdd = (name: string, rule: string): string =>
  `${command('ufw', 'route', ...rule.split(' '), 'comment', ruleMark(name))} >/dev/null`;
const ufwDelete = (rule: string): string =>
  `${command('ufw', 'route', 'delete', ...rule.split(' '))} >/dev/null`;

/** Adds just what UFW needs to let the passages through, if it is on, and removes what is no longer wanted. */
export function planUfw(name: string, passages: readonly Passage[], { ufw }: SeenForwarding): Change[] {
  const usable = passages.filter(
    ({ from, to }) => ufw.ipv6 || ![from, to].some((cidr) => cidr?.includes(':')),
  );
  const wanted = ufwRules(name, usable);
  const present = new Set(ufw.rules.map(({ rule }) => rule));
  const own = ufw.rules.filter(({ comment }) => comment === ruleMark(name)).map(({ rule }) => rule);
  const missing = ufw.drops ? wanted.filter((rule) => !present.has(rule)) : [];
  const surplus = own.filter((rule) => !wanted.includes(rule));
  const lines = ufw.ipv6
    ? [...ufwLines(name, usable, 4), ...ufwLines(name, usable, 6)]
    : [...ufwLines(name, usable, 4)];
  const lost = lines.filter(([rule, line]) => ufw.drops && own.includes(rule) && !ufw.lines.includes(line));
  return [
    ...missing.map(
      (rule): Change => ({ summary: `ufw route ${rule}`, disruption: NONE, script: ufwAdd(name, rule) }),
    ),
    ...surplus.map(
      (rule): Change => ({
        summary: `ufw route delete ${rule}`,
        disruption: NONE,
        script: ufwDelete(rule),
      }),
    ),
    ...(lost.length > 0
      ? [
          {
            summary: `reload UFW, whose rule is not loaded: ufw route ${lost.map(([rule]) => rule).join('; ')}`,
            disruption: NONE,
            script: 'ufw reload >/dev/null',
          },
        ]
      : []),
  ];
}

/** The same for Docker's chain, now and at boot. */
export function planDocker(name: string, passages: readonly Passage[], seen: SeenForwarding): Change[] {
  // If UFW is on, the policy is also UFW's, and its rule is enough.
  const wantedIn = (family: 4 | 6): string[] =>
    seen.docker[family].drops && !seen.ufw.drops ? dockerRules(name, passages, family) : [];
  const wanted = { 4: wantedIn(4), 6: wantedIn(6) };
  const own = (family: 4 | 6): string[] =>
    seen.docker[family].rules.filter((rule) => rule.endsWith(`--comment ${ruleMark(name)}`));
  const surplus = DOCKER_TOOLS.flatMap(([family, tool]) =>
    own(family)
      .filter((rule) => !wanted[family].includes(rule))
      .map(
        (rule): Change => ({
          summary: `remove from DOCKER-USER: ${rule}`,
          disruption: NONE,
          script: `${command(tool, '-w', '-D', 'DOCKER-USER', ...rule.split(' '), '-j', 'ACCEPT')}`,
        }),
      ),
  );
  if (wanted[4].length + wanted[6].length === 0) return [...surplus, ...dropDockerUnit(name, seen)];
  const unit = seen.units.get(dockerUnitOf(name));
  const missing = DOCKER_TOOLS.flatMap(([family]) =>
    wanted[family].filter((rule) => !own(family).includes(rule)),
  );
  const ready = missing.length === 0 && unit?.enabled === true && unit.active;
  return [
    ...surplus,
    ...planOwnFile(
      {
        path: dockerScriptPath(name),
        content: dockerScript(wanted),
        purpose: `adds to DOCKER-USER what ${name} forwards`,
      },
      seen,
    ),
    ...planOwnFile({ path: DOCKER_UNIT_PATH, content: DOCKER_UNIT, purpose: 'does it at boot' }, seen),
    ...(ready
      ? []
      : [
          {
            summary: `accept in DOCKER-USER, now and at boot${missing.length > 0 ? `: ${missing.join('; ')}` : ''}`,
            disruption: NONE,
            script: startUnitScript(dockerUnitOf(name)),
          },
        ]),
  ];
}

function dropDockerUnit(name: string, seen: SeenForwarding): Change[] {
  const path = dockerScriptPath(name);
  const { enabled, active } = seen.units.get(dockerUnitOf(name)) ?? { enabled: false, active: false };
  if (!seen.files.has(path) && !enabled && !active) return [];
  return [
    {
      summary: `remove ${dockerUnitOf(name)}: Docker drops nothing here`,
      disruption: NONE,
      script: `${enabled || active ? `${command('systemctl', 'disable', '--now', '--quiet', dockerUnitOf(name))} && ` : ''}${command('rm', '-f', path)}`,
    },
  ];
}

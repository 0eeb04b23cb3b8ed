import { fileFact, holds, type SeenFile, textThere } from '../../../facts/file.js';
import { inParts, type Question } from '../../../remote/question.js';

import { explainUnwritable, mustSucceed } from '../../shared/failures.js';
import { MANAGED } from '../../shared/managed.js';
import { writeChange } from '../../shared/write-change.js';
import type { Change, Disruption, Explanation, StepContext, StepKind, Touched } from '../../step.js';
import { overruledAtBoot } from '../kernel/at-boot.js';
import { BOOT_SETTINGS, type BootSettings, withFile } from '../kernel/boot-settings.js';
import {
  ADVERTISEMENTS,
  type Advertisements,
  acceptRaKey,
  byPath,
  concernsAdvertisements,
  loseRoute,
  needAcceptRa,
  notedAcceptRa,
  parseAdvertisements,
} from '../kernel/router-advertisements.js';
import { inWritingOrder, normalizeValue, orderKeys, SYSCTL_KEY, sysctlPath } from '../kernel/sysctl-keys.js';
import { type LiveValues, valuesInForce } from '../kernel/values-in-force.js';
import { remotePathProblem } from './remote-path.js';
import { type Setting, settingScript } from './sysctl-script.js';

export interface SysctlParams {
  readonly values: Readonly<Record<string, string | number>>;
  /** Where the values are kept for the next boot. */
  readonly file?: string;
}

export interface SysctlSeen {
  readonly file: SeenFile;
  readonly live: LiveValues;
  /** Other files that set kernel values at boot. */
  readonly boot: BootSettings;
  readonly advertisements: Advertisements;
}

const HEADER = `${MANAGED}: changes made by hand are overwritten.\n`;

/** The file of a step: its own, or one named after its first key, so that two steps don't fight over one file. */
export function sysctlFile({ file, values }: SysctlParams): string {
  const first = orderKeys(Object.keys(values))[0] ?? 'empty';
  return file ?? `/etc/sysctl.d/99-bridgehead-${first.replaceAll('/', '-')}.conf`;
}

export function renderSysctlFile(values: SysctlParams['values']): string {
  const lines = inWritingOrder(Object.keys(values)).map(
    (key) => `${key} = ${normalizeValue(values[key] ?? '')}\n`,
  );
  return HEADER + lines.join('');
}

function check({ params }: StepContext<SysctlParams>): readonly string[] {
  const path = params.file === undefined ? undefined : remotePathProblem(params.file);
  const keys = Object.keys(params.values);
  const firstOf = new Map<string, string>();
  const problems: string[] = [];
  for (const key of keys) {
    const twin = firstOf.get(sysctlPath(key));
    if (twin === undefined) firstOf.set(sysctlPath(key), key);
    else problems.push(`keys ${twin} and ${key} are the same setting; keep one`);
    if (normalizeValue(params.values[key] ?? '') === '')
      problems.push(`key ${key} has an empty value; give it one`);
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(String(params.values[key]))) {
      problems.push(`the value of ${key} contains control characters; write it on one line`);
    }
  }
  if (params.file !== undefined && !params.file.endsWith('.conf')) {
    problems.push(`file ${params.file} would not be read at boot; its name must end in .conf`);
  }
  return path === undefined ? problems : [path, ...problems];
}

const NO_ADVERTISEMENTS: Question<Advertisements> = { script: ':', parse: () => parseAdvertisements([]) };

function question(params: SysctlParams): Question<SysctlSeen> {
  const keys = Object.keys(params.values);
  return inParts({
    live: valuesInForce(keys),
    boot: BOOT_SETTINGS,
    advertisements: keys.some(concernsAdvertisements) ? ADVERTISEMENTS : NO_ADVERTISEMENTS,
    file: fileFact(sysctlFile(params)),
  });
}

type Values = SysctlParams['values'];

/**
 * The step's values, with accept_ra = 2 for interfaces that would stop taking in router advertisements along with their
 * default route; once noted in the file it stays, whether a router answers just now or not.
 */
function fullValues({ values }: SysctlParams, { file, advertisements }: SysctlSeen): Values {
  const text = file.type === 'file' ? (file.content ?? '') : '';
  const noted = notedAcceptRa(text);
  const devices = [...new Set([...noted, ...advertisements.devices])].sort();
  const added = needAcceptRa(byPath(values), { ...advertisements, devices });
  return { ...values, ...Object.fromEntries(added.map((device) => [acceptRaKey(device), 2])) };
}

function liveValues({ live, advertisements }: SysctlSeen, values: Values): LiveValues {
  const added = new Map(
    [...advertisements.acceptRa].map(([device, value]) => [acceptRaKey(device), value] as const),
  );
  return new Map(Object.keys(values).map((key) => [key, live.has(key) ? live.get(key) : added.get(key)]));
}

function planFile(path: string, values: Values, seen: SeenFile): Change[] {
  const content = renderSysctlFile(values);
  if (seen.type === 'file' && holds(seen, content) && seen.mode === 0o644) return [];
  return [writeChange({ path, content }, textThere(seen))];
}

/** What is felt if the default route comes by router advertisements and another one is there. */
function disruptionOf(values: Values, { advertisements }: SysctlSeen): Disruption {
  const devices = loseRoute(byPath(values), advertisements);
  if (devices.length === 0) return { level: 'none' };
  const routes = devices.length === 1 ? 'route' : 'routes';
  return { level: 'brief', detail: `ends the advertised IPv6 default ${routes} by ${devices.join(', ')}` };
}

function planLive(values: Values, seen: SysctlSeen): Change[] {
  const live = liveValues(seen, values);
  const settings = inWritingOrder(Object.keys(values))
    .map(
      (key): Setting => ({
        key,
        before: live.get(key),
        after: normalizeValue(values[key] ?? ''),
      }),
    )
    .filter(({ before, after }) => before !== after);
  if (settings.length === 0) return [];
  const lines = settings.map(({ key, before, after }) => `${key}: ${before ?? 'absent'} -> ${after}`);
  const isShort = lines.length <= 2;
  return [
    {
      summary: isShort ? `set ${lines.join(', ')}` : `set ${lines.length} kernel values`,
      disruption: disruptionOf(values, seen),
      ...(isShort ? {} : { diff: diffOf(settings) }),
      script: settingScript(settings),
    },
  ];
}

function diffOf(settings: readonly Setting[]): string {
  return settings
    .flatMap(({ key, before, after }) => [
      ...(before === undefined ? [] : [`-${key} = ${before}`]),
      `+${key} = ${after}`,
    ])
    .join('\n');
}

function overruledIn(params: SysctlParams, values: Values, seen: SysctlSeen) {
  const boot = withFile(seen.boot, sysctlFile(params), renderSysctlFile(values));
  return Object.entries(values).flatMap(([key, value]) => {
    const why = overruledAtBoot(boot, key, value);
    return why === undefined ? [] : [{ key, value, why }];
  });
}

/** What the step can't bring about: a value that another file sets back, or one that ends the only IPv6 default route. */
function refuse({ params }: StepContext<SysctlParams>, seen: SysctlSeen): Explanation[] {
  const values = fullValues(params, seen);
  const overruled = overruledIn(params, values, seen).map(({ key, value, why }): Explanation => {
    const message = `${key} = ${value} would not last: ${why.seen}`;
    return { code: 'E_STEP', message, fix: why.fix, passing: true };
  });
  if (seen.advertisements.hasOther) return overruled;
  const lost = loseRoute(byPath(values), seen.advertisements).map(
    (device): Explanation => ({
      code: 'E_STEP',
      message: `these values would remove the only IPv6 default route, which ${device} has from router advertisements`,
      fix: `do not set accept_ra of ${device}: this step sets it to 2 on a forwarding node; or give ${device} a static default route first`,
    }),
  );
  return [...lost, ...overruled];
}

/** Kernel settings: in force now, and in a file of their own for the next boot. */
export const sysctlStep: StepKind<SysctlParams, SysctlSeen> = {
  kind: 'sysctl',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['values'],
    properties: {
      values: {
        type: 'object',
        minProperties: 1,
        propertyNames: {
          pattern: SYSCTL_KEY,
          'x-message': 'write a setting of the kernel, such as net.ipv4.ip_forward',
        },
        additionalProperties: {
          anyOf: [{ type: 'integer' }, { type: 'string', minLength: 1, maxLength: 500 }],
        },
        description: 'Kernel settings by name, such as net.ipv4.ip_forward: 1.',
      },
      file: {
        type: 'string',
        description: 'Absolute path; default /etc/sysctl.d/99-bridgehead-FIRST-KEY.conf.',
      },
    },
  },
  check,
  probe: ({ params }) => mustSucceed(question(params), 'a kernel setting'),
  refuse,
  plan: ({ params }, seen) => {
    const path = sysctlFile(params);
    const values = fullValues(params, seen);
    const keys = Object.keys(values);
    const guarded = keys.some((key) => sysctlPath(key).startsWith('net/'));
    const mark =
      (touches: Touched) =>
      (change: Change): Change => ({ ...change, touches, guarded });
    const overruled = overruledIn(params, values, seen).map(({ why }) => why.seen);
    const warning =
      overruled.length === 0 ? '' : `; until an earlier step changes it, ${overruled.join(', ')}`;
    return [
      ...planFile(path, values, seen.file).map(mark({ files: [path] })),
      ...planLive(values, seen).map(mark({ sysctls: keys })),
    ].map((change) => ({ ...change, summary: `${change.summary}${warning}` }));
  },
  explain: (_context, reply) => {
    const absent = /^this kernel has no (.+)$/m.exec(reply.stderr)?.[1];
    if (absent === undefined) return explainUnwritable(reply);
    return {
      code: 'E_STEP',
      message: `this kernel has no ${absent}`,
      fix: 'remove the key, load the module that provides it, or turn the protocol on (IPv6 may be off)',
    };
  },
};

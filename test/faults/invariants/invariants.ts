import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Scene } from '../case.js';
import type { RunReport } from '../controller.js';
import type { Wanted } from '../lanes/wanted.js';
import { differences, readStates } from '../state.js';
import { onNode } from '../world.js';
import type { Reference, References } from './references.js';

/** Each invariant answers what is broken, in words; nothing when it holds. */
export type Broken = readonly string[];

/** Seconds beyond the guard's own in which a machine may boot, undo and start sshd. */
const GRACE_SECONDS = 20;
const LOGIN_SECONDS = 10;
/** Exit status of coreutils' timeout where it ended the command. */
const TIMED_OUT = 124;

/** A new login by plain `ssh`, past the disturbed lines, by the guard's deadline. */
export async function sshWorks(
  { world, lane, guardSeconds }: Scene,
  since: number,
  wanted?: readonly Wanted[],
): Promise<Broken> {
  const deadline = since + (guardSeconds + GRACE_SECONDS) * 1000;
  const options = ['BatchMode=yes', 'ConnectTimeout=3', 'ControlMaster=no'].flatMap((one) => ['-o', one]);
  const tries = lane.logins(wanted).map(async ({ node, ways }) => {
    for (;;) {
      let why = '';
      for (const way of ways) {
        // One that came in as its way was cut hangs; the next may get through.
        const ssh = ['timeout', String(LOGIN_SECONDS), 'ssh', ...options, ...way, 'true'];
        const { code, stderr } = await world.lab.run(ssh, { timeoutMs: 60_000 });
        if (code === 0) return [];
        why = code === TIMED_OUT ? `it hung for ${LOGIN_SECONDS} s` : stderr.trim();
      }
      if (Date.now() > deadline) return [`no SSH login to ${node} by the deadline: ${why}`];
      await sleep(300);
    }
  });
  return (await Promise.all(tries)).flat();
}

const BUSY = `
for state in armed firing; do [ ! -e /var/lib/bridgehead/guard/$state ] || echo "the guard is $state"; done
systemctl list-units --plain --no-legend --state=active,activating,deactivating 'bridgehead-apply-*' 'bridgehead-guard-*' | sed 's/ .*//'
pgrep -f '[s]h -s' >/dev/null && echo 'a program is still running'
true
`;

/** Nothing of the run is under way any more on the machines: no change, no armed guard. */
export async function settles({ world, lane, guardSeconds }: Scene, since: number): Promise<Broken> {
  const deadline = since + (guardSeconds + GRACE_SECONDS) * 1000;
  const waits = lane.nodes.map(async (node) => {
    for (;;) {
      const busy = (await onNode(world.lab, node, BUSY)).trim();
      if (busy === '') return [];
      if (Date.now() > deadline) return [`${node} does not settle: ${busy.replaceAll('\n', ', ')}`];
      await sleep(250);
    }
  });
  return (await Promise.all(waits)).flat();
}

/** Each machine is as it was after some complete phase: never between old and new, and never behind what was reported. */
export async function isOldOrNew(
  scene: Scene,
  { foreign }: Case,
  report: RunReport,
  refs: References,
): Promise<Broken> {
  const seen = await readStates(scene.world.lab, scene.lane.nodes);
  const done = report.events.flatMap((event) =>
    event.type === 'phase-ended' && event.outcome === 'go' ? [event.phase] : [],
  );
  const floorReported = Math.max(0, ...done.map((phase) => refs.findIndex((one) => one.phase === phase)));
  const floor = report.code === 0 ? refs.length - 1 : floorReported;
  if (foreign) return [];
  return scene.lane.nodes.flatMap((node) => {
    const state = seen.get(node) ?? '';
    const allowed = narrowed(node, report, refs).filter((one) => refs.indexOf(one) >= floor);
    if (allowed.some(({ states }) => states.get(node) === state)) return [];
    const closest = allowed
      .map(({ phase, states }) => ({ phase, lines: differences(states.get(node) ?? '', state) }))
      .sort((a, b) => a.lines.length - b.lines.length)[0];
    return [
      closest === undefined
        ? `${node}: what was reported (undone, yet GO) is contradictory`
        : `${node} is neither old nor new; nearest is after "${closest.phase}":\n${closest.lines.join('\n')}`,
    ];
  });
}

/** If a node's phase was reported as undone, the machine is as it was before it. */
function narrowed(node: string, report: RunReport, refs: References): readonly Reference[] {
  const ended = report.events.find((event) => event.type === 'run-ended');
  const undone = ended?.errors.find((error) => String(error.code) === 'E_REVERTED' && error.node === node);
  const index = refs.findIndex(({ phase }) => phase === undone?.phase);
  return undone === undefined || index < 1 ? refs : refs.slice(index - 1, index);
}

/** The exit code is one that this fault may end in, and the journal says the same. */
export function isReported({ exits, judge }: Case, report: RunReport): Broken {
  const ended = report.events.find((event) => event.type === 'run-ended');
  const broken: string[] = [];
  if (!exits.includes(report.code))
    broken.push(
      `ended in ${report.code}, not in ${exits.join(' or ')}: ${report.stdout.slice(-700)}${report.stderr.slice(-700)}`,
    );
  if (report.code !== 137 && ended?.exit !== report.code)
    broken.push(`ended in ${report.code}, but the journal says ${ended?.exit ?? 'nothing'}`);
  if (report.code !== 137 && report.code !== 0 && report.code !== 3 && (ended?.errors.length ?? 0) === 0)
    broken.push(`ended in ${report.code} without an error`);
  for (const error of ended?.errors ?? []) {
    if (error.code === 'E_BUG') broken.push(`says E_BUG: ${error.message}`);
    if (error.code !== 'E_INTERRUPTED' && error.node === undefined)
      broken.push(`names no node: ${error.message}`);
  }
  return [...broken, ...(judge?.(report) ?? [])];
}

const MAX_MEGABYTES = 200;

/** The controller needs little memory, whatever the machines send. */
export function isSmall({ code, peakMegabytes }: RunReport): Broken {
  if (peakMegabytes === undefined) return code === 137 ? [] : ['the controller did not report its memory'];
  if (peakMegabytes < MAX_MEGABYTES) return [];
  return [`the controller held ${Math.round(peakMegabytes)} MB`];
}

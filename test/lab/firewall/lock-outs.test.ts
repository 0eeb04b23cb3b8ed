import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { UNDO } from '../../faults/reset.js';
import { differences, readStates } from '../../faults/state.js';
import { aptInstall } from '../support/apt.js';
import { bridgehead, exec, HANGS_MS, inventoryAt, ofType } from '../support/bridgehead.js';
import { LOGIN, type LockOut, playbookOf } from './lock-outs/case.js';
import { LOCK_OUTS } from './lock-outs/cases.js';
import { inventoryText, LANES, type Lane, logins } from './lock-outs/lanes.js';
import { FIREWALLD_LOADED } from './machines.js';

const NAME = 'lock-outs';
const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-lock-outs-'));

/** All of them if BRIDGEHEAD_LOCK_OUTS=all, else one of each kind. */
const CASES = LOCK_OUTS.filter(
  ({ kind }, index) =>
    process.env['BRIDGEHEAD_LOCK_OUTS'] === 'all' ||
    LOCK_OUTS.findIndex((one) => one.kind === kind) === index,
);

/** Which cases are tried on which machines, those of a lane one after the other. */
const PLAN = new Map<Lane, LockOut[]>();
for (const one of CASES) {
  const fit = LANES.filter(({ kind }) => kind === (one.lane ?? 'box'));
  const [idlest] = fit.sort((a, b) => (PLAN.get(a)?.length ?? 0) - (PLAN.get(b)?.length ?? 0));
  if (idlest === undefined) throw new Error(`no machine for: ${one.name}`);
  PLAN.set(idlest, [...(PLAN.get(idlest) ?? []), one]);
}

interface Outcome {
  readonly exit: number;
  /** Codes of its errors, and of refusals what they say. */
  readonly errors: readonly string[];
  readonly isArmed: boolean;
  /** Logins that worked before and don't once the run has ended. */
  readonly lockedOut: readonly string[];
  /** By what the machines differ from how they were before the run. */
  readonly changed: readonly string[];
}

let lab: Lab;
const outcomes = new Map<LockOut, Promise<Outcome>>();

const isShut = (answer: string): boolean => answer.startsWith('no login');

async function attempt(lane: Lane, one: LockOut, number: number): Promise<Outcome> {
  const { nodes } = lane;
  const [first = ''] = nodes;
  const file = (name: string) => join(folder, `${first}-${number}-${name}`);
  await Promise.all(nodes.map((node) => exec(lab, node, UNDO)));
  if (lane.kind === 'zone')
    await exec(lab, first, `systemctl enable -q --now firewalld\n${FIREWALLD_LOADED}`);
  const [four = '', six = ''] = await logins(lab, lane);
  const login = one.overSix ? six : four;
  const filled = (text: string): string => text.replaceAll(LOGIN, login);
  if (one.before !== undefined) await exec(lab, first, filled(one.before));
  const inventory = file('inventory.yaml');
  const { firewall, overSix, playbook } = one;
  writeFileSync(
    inventory,
    await inventoryText(`${NAME}-${first}`, [lane], {
      lab,
      ...(firewall && { firewall }),
      ...(overSix && { overSix }),
    }),
  );
  writeFileSync(
    file('playbook.yaml'),
    filled(JSON.stringify(playbook ?? playbookOf({ on: 'closed', firewall: {} }))),
  );
  // A login may start what is started by a socket.
  const open = await logins(lab, lane);
  const before = await readStates(lab, nodes);
  const args = ['-i', inventory, '-p', file('playbook.yaml'), '--guard-seconds', '8', '--timeout', '5'];
  const report = await bridgehead(lab, 'apply', ...args, '--yes', '--json');
  const after = await readStates(lab, nodes);
  const answers = await logins(lab, lane);
  return {
    exit: report.code,
    errors: ofType(report, 'run-ended').flatMap(({ errors }) =>
      errors.map(({ code, message, evidence = '' }) =>
        code === 'E_REVERTED' ? code : `${code}: ${message}\n${evidence}`,
      ),
    ),
    isArmed: ofType(report, 'guard-armed').length > 0,
    lockedOut: answers.filter((answer, way) => isShut(answer) && !isShut(open[way] ?? '')),
    changed: nodes.flatMap((node) => differences(before.get(node) ?? '', after.get(node) ?? '')),
  };
}

beforeAll(async () => {
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, await inventoryText(NAME, [...PLAN.keys()]));
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  const packages = 'nftables iptables ufw';
  await Promise.all(
    [...PLAN.keys()].flatMap(({ kind, nodes }) =>
      nodes.map((node) =>
        exec(lab, node, aptInstall(`${packages}${kind === 'zone' ? ' firewalld netbase' : ''}`), {
          timeoutMs: HANGS_MS,
        }),
      ),
    ),
  );
  for (const [lane, cases] of PLAN) {
    let last: Promise<unknown> = Promise.resolve();
    for (const [number, one] of cases.entries()) {
      const run = () => attempt(lane, one, number);
      const outcome = last.then(run, run);
      outcomes.set(one, outcome);
      last = outcome.catch(() => undefined);
    }
  }
});
afterAll(async () => {
  await labDown(await inventoryAt(join(folder, 'lab.yaml')), quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('nobody is locked out if', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const outcome = await outcomes.get(one);
    const { ends } = one;
    expect(outcome?.lockedOut).toEqual([]);
    if (ends === 'kept') expect(outcome).toMatchObject({ exit: 0, errors: [], isArmed: true });
    else if (ends === 'reverted') {
      expect(new Set(outcome?.errors)).toEqual(new Set(['E_REVERTED']));
      expect(outcome).toMatchObject({ exit: 5, isArmed: true, changed: [] });
    } else {
      expect(outcome?.errors).toEqual([expect.stringMatching(ends)]);
      expect(outcome).toMatchObject({ isArmed: false, changed: [] });
    }
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labFor } from '../../../src/app/rehearse/change/change.js';
import { findFormer } from '../../../src/app/rehearse/change/former.js';
import { type Lab, labDown, labUp, openStreams } from '../../../src/lab/index.js';
import { type Outage, outagesOf } from '../../../src/lab/streams/outages.js';
import { pairsOf, streamsOf } from '../../../src/lab/streams/pairs.js';
import { bridgehead, exec, inventoryAt } from '../support/bridgehead.js';
import { rehearseQuietly } from '../support/rehearse.js';
import { wentOn } from './went-on.js';

interface State {
  readonly range: string;
  readonly port: number;
  /** Last numbers of the members' addresses. */
  readonly members: Readonly<Record<string, number>>;
}

const FIRST: State = { range: '10.20.0', port: 51820, members: { 'edge-1': 1, 'wk-1': 2 } };
const JOINED: State = { ...FIRST, members: { ...FIRST.members, 'wk-2': 3 } };
const MOVED: State = { ...JOINED, port: 51999 };
const RENUMBERED: State = { ...MOVED, range: '10.30.0' };

/** An edge on the internet, and two machines at home behind one router. */
const textOf = ({ range, port, members }: State): string =>
  JSON.stringify({
    name: 'rehearsed-change',
    sites: {
      home: {
        subnet: '192.168.15.0/24',
        router: '192.168.15.1',
        public: '203.0.113.10',
        forwards: [
          { port, node: 'wk-1', nodePort: port },
          { port: port + 1, node: 'wk-2', nodePort: port },
        ],
      },
    },
    nodes: {
      'edge-1': { public: '198.51.100.25', ssh: { user: 'root' } },
      'wk-1': { site: 'home', lan: '192.168.15.2', ssh: { user: 'ops', sudo: 'passwordless' } },
      'wk-2': { site: 'home', lan: '192.168.15.3', ssh: { user: 'root' } },
    },
    networks: {
      mesh: {
        interface: 'wg0',
        range: `${range}.0/24`,
        port,
        addresses: Object.fromEntries(
          Object.entries(members).map(([node, last]) => [node, `${range}.${last}`]),
        ),
      },
    },
    lab: { laptop: 'home' },
  });

let folder: string;
let lab: Lab;
const quiet = { log: () => undefined };
const fileOf = (state: State): string => {
  const file = join(folder, `${state.range}-${state.port}-${Object.keys(state.members).length}.yaml`);
  writeFileSync(file, textOf(state));
  return file;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-change-'));
  const next = await inventoryAt(fileOf(JOINED));
  const former = await findFormer({ against: fileOf(FIRST), next, playbook: undefined, stateDir: folder });
  await labDown(next, quiet);
  const { inventory, needs } = labFor(former, next);
  lab = await labUp(inventory, { ...quiet, needs });
  const { code, stdout } = await bridgehead(lab, 'apply', '--yes', '-i', fileOf(FIRST));
  if (code !== 0) throw new Error(stdout);
});
afterAll(async () => {
  await labDown(await inventoryAt(fileOf(FIRST)), quiet);
  rmSync(folder, { recursive: true });
});

/** Echo requests, each from a process of its own, so that it has the source address of the moment. */
class Pings {
  /** Of its own: those before may still be writing. */
  private readonly log = `/run/pings-${randomUUID()}`;

  constructor(
    private readonly node: string,
    private readonly address: string,
  ) {}

  async start(): Promise<void> {
    await exec(
      lab,
      this.node,
      `(while [ ! -e ${this.log}.end ]; do ping -n -D -c 1 -W 0.3 ${this.address}; sleep 0.05; done) >${this.log} 2>&1 &`,
    );
  }

  /** When answers came, in seconds. */
  async end(): Promise<number[]> {
    const text = await exec(lab, this.node, `touch ${this.log}.end; grep 'bytes from' ${this.log} || :`);
    return [...text.matchAll(/^\[([\d.]+)\]/gm)].map(([, at]) => Number(at));
  }
}

/** The longest time without an answer, in milliseconds. */
const longestGap = (answers: readonly number[]): number =>
  Math.max(...answers.slice(1).map((at, index) => (at - (answers[index] ?? at)) * 1000));

interface Rehearsed {
  readonly outages: readonly Outage[];
  readonly answers: readonly number[][];
}

/** Rehearses a change while pings go along. */
async function rehearsed(from: State, to: State, pings: readonly Pings[]): Promise<Rehearsed> {
  const next = await inventoryAt(fileOf(to));
  const former = await findFormer({ against: fileOf(from), next, playbook: undefined, stateDir: folder });
  for (const one of pings) await one.start();
  const outcome = await rehearseQuietly({ lab, former, inventory: next }, folder);
  const answers = await Promise.all(pings.map((one) => one.end()));
  expect(outcome.code).toBe(0);
  const outages = outcome.change?.outages ?? [];
  return { outages, answers };
}

const between = (outages: readonly Outage[], from: string, to: string): Outage => {
  const found = outages.find(
    (one) => (one.from === from && one.to === to) || (one.from === to && one.to === from),
  );
  if (found === undefined) throw new Error(`nothing was measured between ${from} and ${to}`);
  return found;
};

/** What two methods measured of one outage: both sample, at other moments, on machines that may be busy for seconds. */
function expectAgreement(told: number, measured: number): void {
  const [less, more] = told < measured ? [told, measured] : [measured, told];
  expect(more).toBeLessThan(3000 + 3 * less);
}

/** Logins that were cut. */
const cutLogins = (outages: readonly Outage[]) =>
  ['edge-1', 'wk-1', 'wk-2'].filter((node) => !wentOn(between(outages, 'laptop', node)));

describe('a change that is rehearsed', () => {
  it('of a new member: its pairs come up, and nobody else is cut', async () => {
    const { outages, answers } = await rehearsed(FIRST, JOINED, [
      new Pings('wk-1', '10.20.0.1'),
      new Pings('edge-1', '10.20.0.3'),
    ]);
    expect(wentOn(between(outages, 'edge-1', 'wk-1'))).toBe(true);
    expect(longestGap(answers[0] ?? [])).toBeLessThan(3000);
    expect(between(outages, 'edge-1', 'wk-2').fate).toBe('new');
    expect(between(outages, 'wk-1', 'wk-2').fate).toBe('new');
    expect(answers[1]?.length).toBeGreaterThan(0);
    expect(cutLogins(outages)).toEqual([]);
  });

  it('of a port: the outage that pings saw, with connections that survive', async () => {
    const pings = [
      ['wk-1', 'edge-1', '10.20.0.1'],
      ['wk-2', 'edge-1', '10.20.0.1'],
      ['wk-1', 'wk-2', '10.20.0.3'],
    ] as const;
    const { outages, answers } = await rehearsed(
      JOINED,
      MOVED,
      pings.map(([from, , address]) => new Pings(from, address)),
    );
    for (const [index, [from, to]] of pings.entries()) {
      const outage = between(outages, from, to);
      expect(['uncut', 'survived']).toContain(outage.fate);
      expectAgreement(outage.ms, longestGap(answers[index] ?? []));
    }
    expect(cutLogins(outages)).toEqual([]);
  });

  it('of a range: the old address ends for good, and the new one is reached when pings are', async () => {
    const { outages, answers } = await rehearsed(MOVED, RENUMBERED, [
      new Pings('wk-1', '10.20.0.1'),
      new Pings('wk-1', '10.30.0.1'),
    ]);
    const outage = between(outages, 'edge-1', 'wk-1');
    expect(outage).toMatchObject({ fate: 'moved' });
    expect([outage.before, outage.after].map((address) => address?.slice(0, 5))).toEqual(['10.20', '10.30']);
    const [old = [], now = []] = answers;
    expectAgreement(outage.ms, Math.max(0, ((now[0] ?? Number.NaN) - (old.at(-1) ?? 0)) * 1000));
    expect(cutLogins(outages)).toEqual([]);
  });

  it('measures an interface that is down for a while as pings do', async () => {
    const inventory = await inventoryAt(fileOf(RENUMBERED));
    const pairs = pairsOf(inventory, inventory).filter(({ way }) => way === 'network');
    const nodes = inventory.nodes.map(({ name }) => name);
    const pings = new Pings('wk-1', '10.30.0.1');
    const streams = await openStreams(lab, streamsOf(pairs), { nodes, config: '/dev/null' });
    await pings.start();
    await streams.change();
    await exec(lab, 'edge-1', 'systemctl stop wg-quick@wg0; sleep 2; systemctl start wg-quick@wg0');
    const outages = outagesOf(pairs, await streams.end(), []);
    const told = between(outages, 'edge-1', 'wk-1');
    expect(['survived', 'reset']).toContain(told.fate);
    expect(told.ms).toBeGreaterThan(1500);
    expectAgreement(told.ms, longestGap(await pings.end()));
    expect(wentOn(between(outages, 'wk-1', 'wk-2'))).toBe(true);
  });

  it('leaves the copies of what was before readable only by their owner', () => {
    const former = join(lab.home, 'former');
    for (const name of readdirSync(former)) expect(statSync(join(former, name)).mode & 0o777).toBe(0o600);
  });
});

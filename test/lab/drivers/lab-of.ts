import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type DriverName, type Lab, type LabDriver, labDriver } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { BIN, changesOf, exec, inventoryAt, runBridgehead, stops } from '../support/bridgehead.js';

const quiet = { log: () => undefined };

interface Cut {
  readonly what: string;
  cut(lab: Lab): Promise<unknown>;
  mend(lab: Lab): Promise<unknown>;
  /** The only STOP of a check. */
  readonly stop: RegExp;
}

const lostForward = (port: number, pair: string): Cut => ({
  what: `the router's forward of port ${port}`,
  cut: (lab) => lab.router('home').removeForward('udp', port),
  mend: (lab) => lab.router('home').restoreForwards(),
  stop: new RegExp(`^endpoints: ${pair}: `),
});
const forwardingOff = (node: string): Cut => ({
  what: `forwarding on ${node}`,
  cut: (lab) => exec(lab, node, 'sysctl -q -w net.ipv4.ip_forward=0'),
  mend: (lab) => exec(lab, node, 'sysctl -q -w net.ipv4.ip_forward=1'),
  stop: new RegExp(`^forwarding: ${node}: `),
});

const NETWORKS: readonly { readonly name: string; readonly cuts: readonly Cut[] }[] = [
  {
    name: 'home-mesh',
    cuts: [lostForward(51821, 'ctb-edge-1 -> ms-1'), lostForward(51822, 'ctb-edge-1 -> wk-2')],
  },
  { name: 'phone-home', cuts: [forwardingOff('node-a'), forwardingOff('vps')] },
];

export interface DriverUnderTest {
  readonly name: DriverName;
  /** What runs this program on the laptop. */
  readonly program: readonly string[];
  /** What is there of a lab. */
  traces(lab: string): Promise<readonly string[]>;
}

/** What holds for the labs of every driver. */
export function describeLabsOf({ name, program, traces }: DriverUnderTest): void {
  describe.each(NETWORKS)(`the lab of $name, built with ${name}`, ({ name: network, cuts }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bridgehead-driver-'));
    const file = join(folder, 'inventory.yaml');
    let driver: LabDriver;
    let inventory: Inventory;
    let lab: Lab;
    const run = (command: string, ...args: string[]) =>
      runBridgehead(lab, program, [command, '-i', file, '--json', ...args]);

    beforeAll(async () => {
      const document = parseDocument(readFileSync(`inventory/${network}.yaml`, 'utf8'));
      document.set('name', `${name}-${network}`);
      writeFileSync(file, document.toString());
      driver = await labDriver(name);
      inventory = await inventoryAt(file);
      await driver.down(inventory, quiet);
      lab = await driver.up(inventory, quiet);
    });
    afterAll(async () => {
      await driver.down(inventory, quiet);
      rmSync(folder, { recursive: true });
    });

    it('is up, with every machine running', async () => {
      const { state, current, machines } = await driver.status(inventory);
      expect([state, current]).toEqual(['up', true]);
      expect(machines.map((machine) => `${machine.node} ${machine.state}`).sort()).toEqual(
        lab.plan.machines.map(({ node }) => `${node} running`).sort(),
      );
      expect((await traces(lab.name)).length).toBeGreaterThan(0);
    });

    it('is used through the same interface', async () => {
      const [node = ''] = inventory.nodes.map((one) => one.name);
      const opened = await driver.open(inventory);
      const said = await opened.run(['sh', '-c', 'cat; echo "$WORD"; pwd; exit 7'], {
        input: 'in ',
        env: { WORD: "it's" },
      });
      expect(said).toMatchObject({ code: 7, stdout: `in it's\n${process.cwd()}\n` });
      expect(await exec(opened, node, 'hostname')).toBe(node);
      const login = await opened.run(['ssh', node, 'hostname']);
      expect(login).toMatchObject({ code: 0, stdout: `${node}\n` });
      const [key = ''] = await opened.knownHostKeys(node);
      const known = await opened.run(['sh', '-c', 'cat "$HOME/.ssh/known_hosts"']);
      expect(known.stdout).toContain(key);
      await expect(driver.up(inventory, quiet)).rejects.toThrow('is already up');
    });

    it('takes an apply to GO', async () => {
      const report = await run('apply', '--yes');
      expect([report.code, stops(report)]).toEqual([0, []]);
      expect(changesOf(report)).toBeGreaterThan(0);
    });

    it.each(cuts)('shows the loss of $what, and of nothing else', async ({ cut, mend, stop }) => {
      await cut(lab);
      const report = await run('check');
      await mend(lab);
      expect(report.code).toBe(3);
      expect(stops(report)).toEqual([expect.stringMatching(stop)]);
    });

    it('reboots machines, and is GO again', async () => {
      const [node = ''] = inventory.nodes.map((one) => one.name);
      const began = "cut -d' ' -f22 /proc/1/stat";
      const before = await exec(lab, node, began);
      await lab.reboot(node);
      expect(await exec(lab, node, began)).not.toBe(before);
      const report = await run('check');
      expect([report.code, stops(report)]).toEqual([0, []]);
    });

    it('leaves nothing, also if it is interrupted while it is being built', async () => {
      await driver.down(inventory, quiet);
      expect(await traces(lab.name)).toEqual([]);
      expect((await driver.status(inventory)).state).toBe('down');
      await expect(driver.open(inventory)).rejects.toThrow('is not up');
      const interrupt = new AbortController();
      const log = (line: string) => void (line.includes('is running after') && interrupt.abort());
      await expect(driver.up(inventory, { log, signal: interrupt.signal })).rejects.toMatchObject({
        code: 'E_INTERRUPTED',
      });
      expect(await traces(lab.name)).toEqual([]);
    });
  });
}

export const HERE = [process.execPath, BIN];

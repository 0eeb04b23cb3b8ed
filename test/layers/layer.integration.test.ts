import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { InputError } from '../../src/core/errors.js';
import { host } from '../../src/layers/host/index.js';
import { wireguard } from '../../src/layers/wireguard/index.js';
import type { StampedEvent } from '../../src/runner/events/events.js';
import { FolderTransport } from '../support/folder-nodes.js';
import { fakeGuard } from '../support/node-guard.js';
import { beacons } from './beacons/index.js';

// The one line in the table.
jest.unstable_mockModule('../../src/layers/table.js', () => ({ LAYERS: [host, wireguard, beacons] }));
const { readInventory } = await import('../../src/inventory/load.js');
const { loadPlaybook } = await import('../../src/playbook/load.js');
const { run } = await import('../../src/runner/run.js');
const { layOutPlaybook } = await import('../../src/runner/plan/work.js');
const { RunSecrets } = await import('../../src/layers/pair-secrets.js');
const { validationText, validationJson } = await import('../../src/render/commands/validation-text.js');
const { planLab } = await import('../../src/lab/topology/lab.js');
const { createPaint } = await import('../../src/render/colour.js');

const NODES = 'nodes:\n  a: { public: 198.51.100.1 }\n  b: { public: 198.51.100.2 }\n';

describe('a layer of one folder and one line in the table', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-layer-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const inventoryOf = (text: string) => readInventory(write('lab.yaml', `name: lab\n${NODES}${text}`));
  const playbookOf = (on: string) =>
    loadPlaybook(
      write(
        'play.yaml',
        `name: play
phases:
  - name: light
    steps:
      - { on: ${on}, beacon: { folder: ${folder} } }
    gates:
      - { on: ${on}, beacon-seen: { folder: ${folder} } }
`,
      ),
    );
  const problemsOf = (work: Promise<unknown>): Promise<readonly string[]> =>
    work.then(
      () => [],
      (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
      },
    );

  it('has its key in the inventory judged by its schema, its references and its lints, with their places', async () => {
    expect(await problemsOf(inventoryOf('beacons: { a: blue }\n'))).toEqual(['5:15 no beacon is blue']);
    expect(await problemsOf(inventoryOf('beacons: { c: red }\n'))).toEqual([
      '5:12 must name a node; got "c"',
    ]);
    expect(await problemsOf(inventoryOf('beacons: { a: 7 }\n'))).toEqual([
      '5:15 must be text; got the number 7',
    ]);
    expect(await problemsOf(inventoryOf('bacons: {}\n'))).toEqual([
      expect.stringMatching(/^5:1 unknown key/),
    ]);
  });

  it('has its selector, which no node can be called', async () => {
    const { inventory } = await inventoryOf('beacons: { b: red }\n');
    const [phase] = layOutPlaybook(inventory, await playbookOf('lit'), new RunSecrets());
    expect(phase?.steps.map(({ node }) => node.name)).toEqual(['b']);
    expect(phase?.gates[0]?.nodes.map(({ name }) => name)).toEqual(['b']);
    const none = (await inventoryOf('')).inventory;
    const lay = async (on: string) => layOutPlaybook(none, await playbookOf(on), new RunSecrets());
    expect(await problemsOf(lay('lit'))).toEqual(
      expect.arrayContaining([
        expect.stringContaining('"lit" selects no node: the inventory has no beacons'),
      ]),
    );
    const named = readInventory(write('named.yaml', 'name: lab\nnodes: { lit: { public: 198.51.100.1 } }\n'));
    expect(await problemsOf(named)).toEqual([
      '2:10 a node cannot be named lit: in a playbook, `on:` means the nodes with a beacon by it',
    ]);
  });

  it('has its step applied, its gate measured, and nothing to do the second time', async () => {
    const { inventory } = await inventoryOf('beacons: { a: green, b: red }\n');
    const playbook = await playbookOf('all');
    const go = async (): Promise<readonly StampedEvent[]> => {
      const events: StampedEvent[] = [];
      await run({
        run: '20260101-000000-abcdef',
        inventory,
        playbook,
        phases: [],
        only: [],
        command: 'apply',
        transport: new FolderTransport(folder),
        nodeGuard: fakeGuard,
        emit: (event) => events.push(event),
        signal: new AbortController().signal,
        concurrency: 4,
      });
      return events;
    };
    const first = await go();
    expect(readFileSync(join(folder, 'beacon-a'), 'utf8')).toBe('green\n');
    expect(first).toContainEqual(
      expect.objectContaining({ type: 'gate-ended', summary: '2 of 2 beacons lit' }),
    );
    expect(first.at(-1)).toMatchObject({ type: 'run-ended', exit: 0, changes: 2 });
    expect((await go()).at(-1)).toMatchObject({ type: 'run-ended', exit: 0, changes: 0 });
  });

  it('has what it needs on the internet of a lab', async () => {
    const { inventory } = await inventoryOf('beacons: { b: green }\n');
    expect(planLab(inventory).internet?.dns.records).toContainEqual({
      name: 'b.beacons.example',
      type: 'A',
      answers: ['198.51.100.2'],
    });
    expect(planLab((await inventoryOf('')).inventory).internet).toBeUndefined();
  });

  it('fills templates and is shown by validate', async () => {
    const { inventory, warnings } = await inventoryOf('beacons: { a: green }\n');
    const playbook = await loadPlaybook(
      write(
        'file.yaml',
        'name: play\nphases:\n  - name: light\n    steps:\n      - { on: lit, file: { path: /etc/lit, content: "{{ beacon.colour }}" } }\n',
      ),
    );
    const [phase] = layOutPlaybook(inventory, playbook, new RunSecrets());
    expect(phase?.steps[0]?.context.values.get('beacon.colour')).toBe('green');
    const descriptions = [wireguard, beacons].flatMap((layer) => layer.describe?.(inventory) ?? []);
    const view = { inventory, playbook, warnings, descriptions };
    expect(validationText(view, createPaint(false))).toMatch(/^beacons\n {2}a {2}green$/m);
    expect(validationText(view, createPaint(false))).toContain('2 nodes, 0 sites, 0 networks and 1 beacon;');
    expect(validationJson(view)).toMatchObject({ beacons: [{ node: 'a', colour: 'green' }] });
  });
});

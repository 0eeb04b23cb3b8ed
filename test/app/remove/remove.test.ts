import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printRest, unremovedText } from '../../../src/app/remove/unfinished.js';
import { EXIT } from '../../../src/core/errors.js';
import { createRecord, isPartialGo, recordEvent, unreachedIn } from '../../../src/render/report/record.js';
import type { ReportedError, RunEvent } from '../../../src/runner/events/events.js';
import { cli, folderWith } from '../../cli/helpers.js';

const NODE = (octet: number): string =>
  `{ public: 198.51.100.${octet}, role: web, ssh: { host: 127.0.0.1, port: 1, user: root } }`;
const INVENTORY = `name: small
nodes:
  a: ${NODE(1)}
  b: ${NODE(2)}
  c: ${NODE(3).replace('web', 'db')}
networks:
  home: { range: 10.1.0.0/24, addresses: { a: 10.1.0.1, b: 10.1.0.2, c: 10.1.0.3 } }
`;
const playbookOn = (on: string): string =>
  `name: p\nphases:\n  - name: notes\n    steps:\n      - on: ${on}\n        file: { path: /etc/note, content: x }\n`;

const AWAY = (node: string): ReportedError => ({ code: 'E_SSH_TIMEOUT', message: `${node} is off`, node });

describe('remove of a node that the playbook names', () => {
  it.each([
    ['by its name', 'c', []],
    ['as the last of its role', 'role:db', []],
    ['as the last of its role, offline', 'role:db', ['--offline']],
  ])('is refused before anything is touched: %s', async (_what, on, more) => {
    const folder = folderWith({ 'home.yaml': INVENTORY, 'p.yaml': playbookOn(on) });
    const file = join(folder, 'home.yaml');
    const args = ['remove', 'c', '--yes', '-i', file, '-p', join(folder, 'p.yaml'), ...more];
    const { code, stdout, stderr } = await cli(args, folder);
    expect(`${stdout}${stderr}`).toMatch(/p\.yaml:\d+:\d+ .*no (node|role)/);
    expect(stdout).not.toContain('E_SSH');
    expect(code).toBe(EXIT.badInput);
    expect(readFileSync(file, 'utf8')).toBe(INVENTORY);
  });
});

describe('remove while machines are away', () => {
  const KEY = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
    type: 'sec1',
    format: 'pem',
  });
  const away = async (more: readonly string[]): Promise<{ code: number; text: string; kept: boolean }> => {
    const folder = folderWith({
      'home.yaml': INVENTORY.replaceAll('user: root', 'user: root, key: key'),
      'p.yaml': playbookOn('all'),
      key: KEY.toString(),
    });
    chmodSync(join(folder, 'key'), 0o600);
    const file = join(folder, 'home.yaml');
    const before = readFileSync(file, 'utf8');
    const args = ['remove', 'c', '--yes', '-i', file, '-p', join(folder, 'p.yaml'), ...more];
    const { code, stdout, stderr } = await cli(args, folder);
    const text = `${stdout}${stderr}`.replaceAll(`${folder}/`, '');
    return { code, text, kept: readFileSync(file, 'utf8') === before };
  };

  /** By option; at once, as each waits seconds for its second and third attempt. */
  const ended = new Map<string, Awaited<ReturnType<typeof away>>>();
  const endOf = (option: string) =>
    ended.get(option) ?? { code: Number.NaN, text: 'did not run', kept: false };
  beforeAll(async () => {
    const run = async (option: string) => ended.set(option, await away(option === '' ? [] : [option]));
    await Promise.all(['', '--skip-unreachable', '--offline'].map(run));
  });

  it.each(['', '--skip-unreachable'])(
    'names --offline where the machine itself does not answer, with %j',
    (option) => {
      const { code, text, kept } = endOf(option);
      expect([code, kept]).toEqual([EXIT.unreachable, true]);
      expect(text).toContain('E_SSH_REFUSED');
      expect(text).toContain(
        "If c can't be reached any more: `bridgehead remove c --offline -i home.yaml -p p.yaml` only changes the others and the inventory.\n",
      );
    },
  );

  it('does not name --offline for machines that stay', () => {
    const { code, text, kept } = endOf('--offline');
    expect([code, kept]).toEqual([EXIT.unreachable, true]);
    expect(text).toContain('E_SSH_REFUSED');
    expect(text).not.toContain("can't be reached any more");
  });

  it.each<[string, Parameters<typeof unremovedText>[1], string]>([
    [
      'the machine and another',
      { isAway: true, others: 2, away: ['a'], file: 'i.yaml', options: {} },
      'Without a: `bridgehead remove c --offline --skip-unreachable -i i.yaml`.',
    ],
    [
      'another alone',
      { isAway: false, others: 2, away: ['a'], file: 'i.yaml', options: {} },
      'Without a: `bridgehead remove c --skip-unreachable -i i.yaml`.',
    ],
    [
      'another, offline',
      { isAway: false, others: 2, away: ['a'], file: 'i.yaml', options: { offline: true } },
      'Without a: `bridgehead remove c --offline --skip-unreachable -i i.yaml`.',
    ],
    ['all others', { isAway: false, others: 1, away: ['a'], file: 'i.yaml', options: {} }, ''],
    [
      'another, which was skipped',
      { isAway: false, others: 2, away: ['a'], file: 'i.yaml', options: { skipUnreachable: true } },
      '',
    ],
  ])('names --skip-unreachable only where somebody else is left: away is %s', (_what, left, line) => {
    expect(/^Without .*$/m.exec(unremovedText('c', left))?.[0] ?? '').toBe(line);
  });

  it('names who may still have its peer, and the command that takes it off', () => {
    const shown: string[] = [];
    const stream = { write: (text: string) => shown.push(text) };
    const io = { stdout: stream, stderr: stream };
    printRest('c', { away: ['a', 'b'], file: 'home.yaml', options: {}, io });
    printRest('c', { away: ['a'], file: 'home.yaml', options: { playbook: 'mesh' }, io });
    expect(shown).toEqual([
      'a, b could not be reached and may still have the peer of c: once they are back, `bridgehead apply --only a --only b -i home.yaml` removes it.\n',
      'a could not be reached and may still have the peer of c: once it is back, `bridgehead apply --only a -i home.yaml -p mesh` removes it.\n',
    ]);
  });

  it.each<[string, readonly RunEvent[], number, boolean, readonly string[]]>([
    ['all else is GO', [], EXIT.unreachable, true, ['a']],
    [
      'something has failed besides',
      [{ type: 'node-failed', node: 'b', error: AWAY('b') }],
      EXIT.unreachable,
      false,
      ['b', 'a'],
    ],
    ['a gate stops', [], EXIT.stop, false, ['a']],
  ])('is as good as done without a where %s: %j', (_what, more, exit, partial, unreached) => {
    const record = createRecord();
    const events: readonly RunEvent[] = [
      { type: 'node-left-out', node: 'a', error: AWAY('a') },
      ...more,
      { type: 'run-ended', exit, changes: 1, errors: [], ms: 1 },
    ];
    for (const event of events) recordEvent(record, event);
    expect([isPartialGo(record), unreachedIn(record)]).toEqual([partial, unreached]);
  });
});

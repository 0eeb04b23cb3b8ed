import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../src/core/errors.js';
import { loadPlaybook, playbookSchema } from '../../src/playbook/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-playbook-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function problemsOf(text: string): Promise<string[]> {
  const file = join(folder, 'p.yaml');
  writeFileSync(file, text);
  try {
    await loadPlaybook(file);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''));
  }
}

const phase = (body: string): string => `name: p\nphases:\n  - name: one\n${body}`;

describe('loadPlaybook', () => {
  it('gives every shipped playbook names, ids and targets', async () => {
    for (const file of readdirSync('playbooks')) {
      const { phases } = await loadPlaybook(join('playbooks', file));
      const ids = phases.flatMap(({ steps, gates }) => [...steps, ...gates].map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      expect(phases.every(({ gates }) => gates.length > 0)).toBe(true);
    }
  });

  it('takes an entry without parameters, a list of targets and a condition', async () => {
    const file = join(folder, 'ok.yaml');
    writeFileSync(
      file,
      phase(
        '    steps:\n      - when: test -e /x\n        on: [wk-1, "role:edge"]\n        wireguard-keys:\n',
      ),
    );
    const { phases } = await loadPlaybook(file);
    expect(phases[0]?.steps[0]).toEqual({
      id: 'one.step-1',
      kind: 'wireguard-keys',
      name: 'wireguard-keys',
      on: ['wk-1', 'role:edge'],
      when: 'test -e /x',
      params: {},
    });
  });

  it.each<[string, string, RegExp]>([
    [
      'an unknown step',
      phase('    steps:\n      - sysctrl: {}\n'),
      /^p\.yaml:5:9 {2}phases\[0\]\.steps\[0\]\.sysctrl: .*did you mean "sysctl"/,
    ],
    [
      'an unknown gate',
      phase('    gates:\n      - pings:\n'),
      /^p\.yaml:5:9 {2}phases\[0\]\.gates\[0\]\.pings: .*did you mean "ping"/,
    ],
    [
      'an entry of no kind',
      phase('    gates:\n      - on: all\n'),
      /names no gate; each entry must have exactly one of: .*ping/,
    ],
    [
      'an entry of two kinds',
      phase('    gates:\n      - { ping: , listener: }\n'),
      /names 2 gates \(ping, listener\)/,
    ],
    [
      'a phase named twice',
      `${phase('')}  - name: one\n`,
      /^p\.yaml:4:11 {2}phases\[1\]\.name: phase "one" is defined twice/,
    ],
    [
      'a deep phase with steps',
      `${phase('')}    deep: true\n    steps: [{ package: { names: [perl] } }]\n`,
      /^p\.yaml:5:12 {2}phases\[0\]\.steps: a deep phase has gates only/,
    ],
    ['no phases', 'name: p\nphases: []\n', /phases/],
    [
      'a bad parameter of a step',
      phase('    steps:\n      - package: { names: wireguard }\n'),
      /phases\[0\]\.steps\[0\]\.package\.names/,
    ],
  ])('refuses %s', async (_what, text, expected) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('refuses all that is wrong at once', async () => {
    const text = phase('    steps:\n      - { sysctrl: {} }\n      - on: all\n  - name: one\n');
    expect(await problemsOf(text)).toEqual([
      expect.stringContaining('sysctrl: unknown key'),
      expect.stringContaining('names no step'),
      expect.stringContaining('phase "one" is defined twice'),
    ]);
  });

  it('says so of an inventory', async () => {
    expect(await problemsOf('name: x\nnodes: { a: { public: 198.51.100.8 } }\n')).toEqual([
      'p.yaml:2:1  nodes: is an inventory; name it with -i; -p is for a playbook',
    ]);
  });

  it('publishes the very schema that it validates with', () => {
    expect(JSON.parse(readFileSync('schemas/playbook.schema.json', 'utf8'))).toEqual(playbookSchema());
  });
});

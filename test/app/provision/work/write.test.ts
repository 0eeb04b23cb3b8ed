import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Written } from '../../../../src/app/provision/dialogue/kept.js';
import type { Answers, World } from '../../../../src/app/provision/dialogue/types.js';
import type { Survey } from '../../../../src/app/provision/survey/survey.js';
import { write } from '../../../../src/app/provision/work/write.js';
import { InputError } from '../../../../src/core/errors.js';
import { sha256 } from '../../../../src/core/sha256.js';
import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import { fourMachines, machine, survey } from '../support.js';

const HOME = `# Ours since 2021.
name: home
sites:
  home:
    subnet: 192.168.15.0/24   # the flat
    router: 192.168.15.1
    public: 203.0.113.10
    forwards:
      # typed in by hand
      - { port: 51820, node: ms-1 }
nodes:
  ctb-edge-1: { role: edge, public: 198.51.100.25, ssh: { user: root } } # rented
  ms-1: { role: server, site: home, lan: 192.168.15.2, ssh: { user: root } }

networks:
  mesh:
    range: 10.86.0.0/24
    addresses:
      ctb-edge-1: 10.86.0.1
      # Anna's old one had .2
      ms-1: 10.86.0.3
    unmanaged:
      nas: { on: ctb-edge-1, publicKey: "CQgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=", allowedIps: 10.86.0.2/32 }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
const inventoryIn = (text: string) => resolveDocument(parseYaml('inventory.yaml', text)).inventory;

const [edge, ms1, wk1, wk2] = fourMachines().surveyed;
const some = <T>(...all: readonly (T | undefined)[]): T[] => all.flatMap((one) => one ?? []);
const atHome = (): Survey => ({ ...fourMachines(), surveyed: some(wk1, wk2), observers: some(edge, ms1) });

function written(answers: Answers, found: Survey, before?: Written, existing = HOME) {
  const shown: string[] = [];
  const stream = { write: (text: string) => shown.push(text), columns: 80 };
  const world: World = {
    answers,
    done: {},
    seen: { hosts: [], folder: 'home', existing: inventoryIn(existing), survey: found },
  };
  const result = write({
    world,
    written: before,
    options: { timeout: 1, sudoTimeout: 1, color: false },
    io: { stdout: stream, stderr: stream, stdin: {}, env: {}, cwd: folder },
    file: 'inventory.yaml',
    signal: new AbortController().signal,
  });
  return { result, shown: shown.join('') };
}

/** Lines of a text that another doesn't have. */
const beyond = (text: string, other: string) =>
  text.split('\n').filter((line) => !other.split('\n').includes(line));

describe('machines that are added to an inventory', () => {
  const ADD: Answers = { existing: 'add', machines: ['wk-1', 'wk-2'], forwards: 'all' };

  it('are lines of their own, at free addresses and ports; all else stays as it is', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const { shown, result } = written(ADD, atHome());
    expect(beyond(HOME, read('inventory.yaml'))).toEqual([]);
    expect(beyond(read('inventory.yaml'), HOME)).toEqual([
      '      - { port: 51821, node: wk-1, nodePort: 51820 }',
      '      - { port: 51822, node: wk-2, nodePort: 51820 }',
      '  wk-1: { role: server, site: home, lan: 192.168.15.3, ssh: { user: root } }',
      '  wk-2: { role: server, site: home, lan: 192.168.15.4, ssh: { user: root } }',
      '      wk-1: 10.86.0.4',
      '      wk-2: 10.86.0.5',
    ]);
    expect(shown).toContain('+  wk-1: { role: server, site: home');
    expect(result).toEqual({ hash: sha256(read('inventory.yaml')), before: HOME });
    expect(readdirSync(folder)).toEqual(['inventory.yaml']);
  });

  it('replace those of an earlier write, and go where the user keeps the file after all', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const first = written(ADD, atHome()).result;
    const { result } = written({ ...ADD, machines: ['wk-2'] }, { ...atHome(), surveyed: some(wk2) }, first);
    expect(read('inventory.yaml')).not.toContain('wk-1');
    expect(read('inventory.yaml')).toContain('      wk-2: 10.86.0.4\n');
    written({ existing: 'keep' }, atHome(), result);
    expect(read('inventory.yaml')).toBe(HOME);
  });

  it('bring their LAN with them, under a free name', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const cabin = machine('cabin', {
      address: '192.168.16.9/24',
      router: '192.168.16.254',
      login: { from: '198.51.100.200', to: '192.168.16.9', port: 22 },
    });
    const found: Survey = {
      ...survey(
        [cabin],
        [
          {
            from: 'cabin',
            to: 'ctb-edge-1',
            address: '198.51.100.25',
            port: 51820,
            at: 'ctb-edge-1',
            atPort: 51820,
            source: '203.0.113.99',
          },
        ],
      ),
      observers: some(edge, ms1),
    };
    written({ existing: 'add', machines: ['cabin'], forwards: 'none' }, found);
    const { sites, nodes } = inventoryIn(read('inventory.yaml'));
    expect(sites[1]).toMatchObject({
      name: 'home-2',
      router: '192.168.16.254',
      publicAddresses: ['203.0.113.99'],
    });
    expect(nodes[2]).toMatchObject({ name: 'cabin', site: 'home-2', lanAddresses: ['192.168.16.9'] });
  });

  it.each<[string, string]>([
    ['names one of them', HOME.replace('\nnetworks:', '  wk-1: { ssh: { user: me } }\n\nnetworks:')],
    ['takes an address', HOME.replace('ms-1: 10.86.0.3', 'ms-1: 10.86.0.4')],
    ['gives another role', HOME.replace('role: edge', 'role: server')],
  ])('leave a file alone that the user edited meanwhile and that now %s', (_what, edited) => {
    writeFileSync(at('inventory.yaml'), edited);
    expect(() => written(ADD, atHome())).toThrow(InputError);
    expect(read('inventory.yaml')).toBe(edited);
  });

  it('leave their own file alone if the user edited it since', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const first = written(ADD, atHome()).result;
    const edited = read('inventory.yaml').replace('lan: 192.168.15.3', 'lan: 192.168.15.33');
    writeFileSync(at('inventory.yaml'), edited);
    expect(() => written(ADD, atHome(), first)).toThrow(
      'inventory.yaml  has changed since it was read; start provision again',
    );
    expect(read('inventory.yaml')).toBe(edited);
  });

  it('are added to a file in which only a comment has changed', () => {
    const edited = HOME.replace('# rented', '# rented until May');
    writeFileSync(at('inventory.yaml'), edited);
    written(ADD, atHome());
    expect(beyond(edited, read('inventory.yaml'))).toEqual([]);
    expect(inventoryIn(read('inventory.yaml')).nodes).toHaveLength(4);
  });

  it('change nothing where the inventory would have mistakes', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const found = { ...atHome(), surveyed: some(wk1, wk2) };
    const clash: Answers = { ...ADD, sites: { 'wk-1': 'none', 'wk-2': 'none' } };
    expect(() => written(clash, found)).toThrow(InputError);
    expect(read('inventory.yaml')).toBe(HOME);
  });
});

describe('an inventory that takes the place of another', () => {
  const ANEW: Answers = { existing: 'anew', machines: ['wk-1'], range: ['10.99.0.0/24'], shape: 'mesh' };

  it('leaves that under another name, and its playbook', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    writeFileSync(at('inventory.old.yaml'), 'older\n');
    writeFileSync(at('playbook.yaml'), 'mine\n');
    const { shown } = written(ANEW, fourMachines());
    expect(read('inventory.old-2.yaml')).toBe(HOME);
    expect(read('inventory.old.yaml')).toBe('older\n');
    expect(read('playbook.old.yaml')).toBe('mine\n');
    expect(read('playbook.yaml')).toContain('phases:');
    expect(inventoryIn(read('inventory.yaml')).networks[0]?.ranges).toEqual(['10.99.0.0/24']);
    expect(shown).toContain('kept inventory.yaml as inventory.old-2.yaml\n');
  });

  it('keeps it as it was before machines were added to it', () => {
    writeFileSync(at('inventory.yaml'), HOME);
    const first = written({ existing: 'add', machines: ['wk-1', 'wk-2'] }, atHome()).result;
    written(ANEW, fourMachines(), first);
    expect(read('inventory.old.yaml')).toBe(HOME);
  });
});

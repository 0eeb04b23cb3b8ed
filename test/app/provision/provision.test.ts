import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conversation } from '../../../src/app/provision/conversation.js';
import { given } from '../../../src/app/provision/dialogue/answers.js';
import { Draftfile } from '../../../src/app/provision/dialogue/kept.js';
import type { Key, Work } from '../../../src/app/provision/dialogue/types.js';
import type { Flags } from '../../../src/app/provision/options.js';
import type { Prompter, Said } from '../../../src/app/provision/prompt.js';
import type { Survey } from '../../../src/app/provision/survey/survey.js';
import type { Workshop } from '../../../src/app/provision/work/types.js';
import { BridgeheadError } from '../../../src/core/errors.js';
import { sha256 } from '../../../src/core/sha256.js';
import { fourMachines, machine, survey, vpsAndHome } from './support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-provision-'));
  mkdirSync(join(folder, '.ssh'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Setting {
  readonly answers?: string;
  readonly flags?: Flags;
  readonly found?: Survey;
  /** What is said when asked, by key; left out: nobody is there. */
  readonly says?: (key: Key, asked: number) => Said;
  /** Exit codes of work, in turn. */
  readonly exits?: Partial<Record<Work, number[]>>;
  readonly hosts?: string;
  readonly rehearsalObstacle?: string;
}

const HOSTS = 'Host ctb-edge-1 ms-1 wk-1 wk-2\n';

const MINE = `name: mine
nodes:
  ctb-edge-1: { public: 198.51.100.25, ssh: { user: root } }
networks:
  mesh: { range: 10.86.0.0/24, addresses: { ctb-edge-1: 10.86.0.1 } }
`;

async function converse({
  answers,
  flags = {},
  found = fourMachines(),
  says,
  exits = {},
  hosts = HOSTS,
  rehearsalObstacle,
}: Setting) {
  writeFileSync(join(folder, '.ssh/config'), hosts);
  const file = answers === undefined ? undefined : join(folder, 'answers.yaml');
  if (file !== undefined) writeFileSync(file, answers ?? '');
  const shown: string[] = [];
  const works: Work[] = [];
  const asked: Key[] = [];
  const stream = { write: (text: string) => shown.push(text), columns: 80 };
  const io = { stdout: stream, stderr: stream, stdin: {}, env: { HOME: folder }, cwd: folder };
  const workshop: Workshop = async (work) => {
    works.push(work);
    if (work === 'survey') return { survey: found };
    if (work === 'write') {
      writeFileSync(join(folder, 'inventory.yaml'), 'name: written\n');
      return { written: { hash: sha256('name: written\n') } };
    }
    const exit = exits[work]?.shift();
    return exit === undefined ? {} : { exit };
  };
  const prompter: Prompter | undefined =
    says &&
    (async ({ key }) => {
      asked.push(key);
      return says(key, asked.filter((one) => one === key).length);
    });
  const conversation = () =>
    new Conversation({
      options: { timeout: 1, sudoTimeout: 1, color: false },
      io,
      file: 'inventory.yaml',
      beforehand: given(file, flags),
      drafts: new Draftfile(join(folder, 'state'), join(folder, 'inventory.yaml')),
      prompter,
      signal: new AbortController().signal,
      workshop,
      rehearsalObstacle,
    });
  const outcome = await Promise.resolve()
    .then(() => conversation().run())
    .then(
      (exit) => ({ exit }),
      (error: unknown) => ({ error: error as BridgeheadError }),
    );
  return { ...outcome, shown: shown.join(''), works, asked };
}

describe('without a terminal', () => {
  it('uses what was detected, writes, and applies only if asked to', async () => {
    const { works, shown, ...outcome } = await converse({ answers: 'name: home\n' });
    expect(outcome).toMatchObject({ exit: 0 });
    expect(works).toEqual(['survey', 'write', 'measure', 'plan']);
    expect(shown).toMatch(/bridgehead apply -i inventory.yaml -p playbook.yaml\n$/);
  });

  it('applies, and ends with one command', async () => {
    const { works, shown } = await converse({
      answers: 'apply: true\nclients: [phone]\n',
      found: vpsAndHome(),
      hosts: 'Host vps node-a\n',
    });
    expect(works).toEqual(['survey', 'write', 'measure', 'plan', 'apply', 'phones']);
    expect(shown).toMatch(/git add inventory.yaml playbook.yaml schemas\n$/);
  });

  it('takes flags, which win over the file', async () => {
    const { exit, works } = (await converse({
      answers: 'port: 5555\napply: true\n',
      flags: { port: '6666', apply: 'no' },
    })) as { exit?: number; works: Work[] };
    expect(exit).toBe(0);
    const kept = new Draftfile(join(folder, 'state'), join(folder, 'inventory.yaml')).read();
    expect(kept?.answers).toMatchObject({ port: 6666 });
    expect(kept?.answers).not.toHaveProperty('apply');
    expect(works).not.toContain('apply');
  });

  it('lists unknown keys and wrong types of the file, each with its place', async () => {
    const { error } = (await converse({
      answers: 'macines: [a]\nport: "x"\nrehearse: maybe\n',
      flags: { apply: 'perhaps' },
    })) as { error?: BridgeheadError };
    const lines = error?.message.split('\n').map((line) => line.replace(folder, ''));
    expect(lines).toEqual([
      expect.stringMatching(/^\/answers.yaml:1:1 {2}macines: .*machines/),
      expect.stringMatching(/^\/answers.yaml:2:7 {2}port: must be/),
      expect.stringMatching(/^\/answers.yaml:3:11 {2}rehearse: must be/),
      '--apply  "perhaps" must be yes or no',
    ]);
  });

  it('lists answers that can’t be, all at once and with nothing written', async () => {
    const answers =
      'range: [192.168.15.0/24]\nport: 53\nshape: mesh\nclients: [phone]\nnames: { ms-1: all }\n';
    const busy = machine('busy', { address: '198.51.100.77/24', udp: new Map([[53, 'dnsmasq']]) });
    const { error, works } = (await converse({
      answers,
      found: survey([...fourMachines().surveyed, busy]),
    })) as { error?: BridgeheadError; works: Work[] };
    expect(works).toEqual(['survey']);
    expect(error?.message.split('\n').map((line) => line.replace(folder, ''))).toEqual([
      expect.stringMatching(/^\/answers.yaml:5:8 {2}names: "all" means something else/),
      expect.stringMatching(
        /^\/answers.yaml:1:8 {2}range: 192.168.15.0\/24 overlaps 192.168.15.0\/24, which ms-1 has a route to/,
      ),
      expect.stringMatching(
        /^\/answers.yaml:2:7 {2}port: dnsmasq uses UDP port 53 on busy; 51820 is free on all/,
      ),
      expect.stringMatching(/^\/answers.yaml:3:8 {2}shape: "mesh" has no clients/),
    ]);
  });

  it('says all that keeps machines from taking part', async () => {
    const refused = new BridgeheadError('E_SSH_AUTH', 'no key was accepted', {
      node: 'nas',
      fix: 'add your key there',
    });
    const found = {
      ...survey([
        ...fourMachines().surveyed,
        machine('openwrt', {
          address: '192.168.15.1/24',
          systemd: false,
          apt: false,
          title: 'OpenWrt 23.05',
        }),
        machine('kiosk', { address: '192.168.15.9/24', readOnlyRoot: true }),
      ]),
      failed: [{ machine: 'nas', error: refused }],
    };
    const { error } = (await converse({
      answers: 'machines: [ctb-edge-1, nas, openwrt, kiosk]\n',
      found,
    })) as { error?: BridgeheadError };
    expect(error?.code).toBe('E_SSH_AUTH');
    expect(error?.details.evidence).toBe(
      [
        'nas: no key was accepted',
        '  fix: add your key there',
        'openwrt: OpenWrt 23.05 has no systemd and no apt',
        'kiosk: Debian GNU/Linux 12 (bookworm) has a root file system that is mounted read-only',
      ].join('\n'),
    );
    expect(error?.details.fix).toContain('leaveOut: [nas, openwrt, kiosk]');
  });

  it('needs machines where ~/.ssh/config names none', async () => {
    const { error } = (await converse({ answers: 'name: x\n', hosts: '' })) as { error?: BridgeheadError };
    expect(error?.message).toBe('machines has no answer, and there is no terminal to ask on');
  });

  it('ends with what a forward that leads nowhere was measured as', async () => {
    const { exit, works } = (await converse({
      answers: 'forwards: all\napply: true\n',
      exits: { measure: [3] },
    })) as { exit?: number; works: Work[] };
    expect({ exit, works }).toEqual({ exit: 3, works: ['survey', 'write', 'measure'] });
  });

  it('corrects what was found', async () => {
    const { shown } = await converse({
      answers: 'names: { ms-1: server }\npublic: { home: 203.0.113.77 }\n',
    });
    expect(shown).toMatch(/ {2}server +Debian 12/);
    expect(shown).toContain('203.0.113.77');
  });
});

describe('with somebody there', () => {
  const suggested = (key: Key): Said => {
    const said: Partial<Record<Key, unknown>> = {
      existing: 'keep',
      machines: ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'],
      found: 'right',
      name: 'home',
      clients: [],
      shape: 'mesh',
      range: ['10.86.0.0/24'],
      port: 51820,
      forwards: 'all',
      forwarded: 'measure',
      rehearse: false,
      apply: true,
    };
    return { value: said[key] };
  };

  it('shows the table for the router, and asks again while a forward leads nowhere', async () => {
    const { asked, shown, works } = await converse({ says: suggested, exits: { measure: [3, 0] } });
    expect(shown).toMatch(
      /name +protocol +external port +to address +to port\n {2}ms-1 +UDP +51820 +192.168.15.2 +51820/,
    );
    expect(asked.filter((key) => key === 'forwarded')).toHaveLength(2);
    expect(works.filter((work) => work === 'measure')).toHaveLength(2);
  });

  it('asks nothing that was answered beforehand, but what was answered badly', async () => {
    const { asked, shown } = await converse({ says: suggested, flags: { port: '0', shape: 'mesh' } });
    expect(asked).toContain('port');
    expect(asked).not.toContain('shape');
    expect(shown).toContain('--port  a port is a whole number from 1 to 65535');
  });

  it('goes a step back', async () => {
    const says = (key: Key, times: number): Said =>
      key === 'shape' && times === 1 ? 'back' : suggested(key);
    const { asked } = await converse({ says });
    expect(asked.join(' ')).toContain('clients shape clients shape');
  });

  it('sends nothing to machines whose keys were not confirmed', async () => {
    const [edge] = fourMachines().surveyed;
    if (!edge) throw new Error('no machine');
    const { UnknownHostKey } = await import('../../../src/ssh/index.js');
    const key = new UnknownHostKey(edge.hop, 'ssh-ed25519', `SHA256:${'A'.repeat(43)}`, {});
    const found = { ...survey([]), unknownKeys: [key] };
    const says = (asked: Key): Said => (asked === 'hostKeys' ? 'no' : suggested(asked));
    const { error, works } = (await converse({ says, found })) as { error?: BridgeheadError; works: Work[] };
    expect(error?.code).toBe('E_SSH_HOST_KEY_UNKNOWN');
    expect(works).toEqual(['survey']);
  });

  it('asks again whether to apply, after an apply that was not GO', async () => {
    const first = (await converse({ says: suggested, exits: { apply: [7] } })) as { exit?: number };
    expect(first.exit).toBe(7);
    const second = await converse({ says: suggested });
    expect(second.asked).toEqual(['apply']);
    expect(second.shown).toContain('Resuming with the answers of an earlier start');
  });

  it('leaves the user’s own inventory as it is, and continues with it', async () => {
    writeFileSync(join(folder, 'inventory.yaml'), MINE);
    const { asked, works, shown } = await converse({ says: suggested });
    expect(asked).toEqual(['existing', 'rehearse', 'apply']);
    expect(works).toEqual(['measure', 'plan', 'apply']);
    expect(readFileSync(join(folder, 'inventory.yaml'), 'utf8')).toBe(MINE);
    expect(shown).toMatch(/git add inventory.yaml\n$/);
  });
});

describe('an inventory that is there', () => {
  const own = (text = MINE) => writeFileSync(join(folder, 'inventory.yaml'), text);
  const [, ...athome] = fourMachines().surveyed;
  const added = { ...fourMachines(), surveyed: athome };

  it('is applied as it is where nothing else is asked for', async () => {
    own();
    const { works } = await converse({ answers: 'apply: true\nmachines: [ctb-edge-1]\n' });
    expect(works).toEqual(['measure', 'plan', 'apply']);
  });

  it('gets machines that are named, if that is said', async () => {
    own();
    const answers = 'machines: [ctb-edge-1, ms-1, wk-1]\n';
    const { error, works } = (await converse({ answers })) as { error?: BridgeheadError; works: Work[] };
    expect(works).toEqual([]);
    expect(error?.message.replace(folder, '')).toBe(
      '/answers.yaml:1:11  machines: inventory.yaml is there, and has no ms-1, wk-1; write existing: add to add them, or existing: anew',
    );
    const second = await converse({ answers: 'existing: add\nmachines: [ms-1, wk-1]\n', found: added });
    expect(second.works).toEqual(['survey', 'write', 'measure', 'plan']);
  });

  it('has what is asked about a new network only', async () => {
    own();
    const answers = 'existing: add\nmachines: [ms-1]\nrange: [10.9.0.0/24]\nshape: hub\n';
    const { error, works } = (await converse({ answers, found: added })) as {
      error?: BridgeheadError;
      works: Work[];
    };
    expect(works).toEqual(['survey']);
    expect(error?.message.split('\n').map((line) => line.replace(folder, ''))).toEqual([
      '/answers.yaml:4:8  shape: the inventory has this for its network; leave it out',
      '/answers.yaml:3:8  range: the inventory has this for its network; leave it out',
    ]);
  });

  it('is not asked about what it says', async () => {
    own();
    const says = (key: Key): Said =>
      key === 'existing' ? { value: 'add' } : key === 'machines' ? { value: ['ms-1'] } : { value: SAID[key] };
    const SAID: Partial<Record<Key, unknown>> = {
      found: 'right',
      forwards: 'none',
      forwarded: 'later',
      rehearse: false,
      apply: false,
    };
    const { asked, shown } = await converse({ says, found: added });
    expect(asked).toEqual(['existing', 'machines', 'found', 'forwards', 'rehearse', 'apply']);
    expect(shown).toMatch(/bridgehead apply -i inventory.yaml\n$/);
  });

  it('is refused with all of its mistakes, unless another takes its place', async () => {
    own('nodes: { a: { site: nowhere } }\nnetworks: 7\n');
    const { error } = (await converse({ answers: 'apply: true\n' })) as { error?: BridgeheadError };
    expect(error?.message).toMatch(/inventory.yaml:1:\d+ [\s\S]*inventory.yaml:2:11 {2}networks/);
    const { works } = await converse({ answers: 'existing: anew\n' });
    expect(works).toEqual(['survey', 'write', 'measure', 'plan']);
  });

  it('counts as it is now where it was changed since the wizard wrote it', async () => {
    await converse({ answers: 'name: home\n' });
    own();
    const { shown, works } = await converse({ answers: 'apply: true\n' });
    expect(shown).toContain('inventory.yaml has changed since it was written; the new version counts.');
    expect(works).toEqual(['measure', 'plan', 'apply']);
  });

  it('is written again where it is gone', async () => {
    await converse({ answers: 'name: home\n' });
    rmSync(join(folder, 'inventory.yaml'));
    const { works } = await converse({ answers: 'name: home\n' });
    expect(works).toContain('write');
  });
});

describe('a rehearsal that can’t run here', () => {
  const rehearsalObstacle = "the Debian mirror can't be reached";

  it('is not offered', async () => {
    writeFileSync(join(folder, 'inventory.yaml'), MINE);
    const says = (key: Key): Said => ({ value: key === 'existing' ? 'keep' : false });
    expect((await converse({ says, rehearsalObstacle })).asked).toEqual(['existing', 'apply']);
  });

  it('is refused where it is asked for', async () => {
    const { error, works } = (await converse({
      answers: 'rehearse: true\n',
      rehearsalObstacle,
    })) as { error?: BridgeheadError; works: Work[] };
    expect(works).toEqual(['survey']);
    expect(error?.message.replace(folder, '')).toBe(
      "/answers.yaml:1:11  rehearse: a rehearsal can't run here: the Debian mirror can't be reached",
    );
  });
});

import { candidatesFor } from '../../../src/cli/help/candidates.js';
import { createHost } from '../../../src/cli/host.js';
import { createProgram } from '../../../src/cli/program.js';
import { cli, folderWith } from '../helpers.js';

const HUB = `sites:
  home: { subnet: 192.168.1.0/24 }
nodes:
  vps: {}
  gw: {}
networks:
  net:
    shape: hub
    clients: { phone: {}, laptop: {} }
`;
const mute = { write: () => undefined };

function complete(line: string, files: Readonly<Record<string, string>> = { 'inventory.yaml': HUB }) {
  const io = { stdout: mute, stderr: mute, stdin: {}, env: {}, cwd: folderWith(files) };
  const program = createProgram(io, createHost(io));
  const { words, paths } = candidatesFor(program, line.split(' '), io);
  return [...(paths === undefined ? [] : [`:${paths}`]), ...words.map(({ word }) => word)];
}

it.each([
  ['va', ['validate']],
  ['client re', ['rekey', 'revoke']],
  ['help cl', ['client']],
  ['apply --guard', ['--guard-seconds']],
  ['apply --only vps --on', ['--only']],
  ['apply --resume --res', []],
  ['plan --only ', ['vps', 'gw']],
  ['plan --only gw,', ['gw,vps']],
  ['plan --only=g', ['--only=gw']],
  ['plan --phase t', ['tunnel']],
  ['plan --report j', ['junit=', 'json=']],
  ['apply --from key', ['keys']],
  ['plan -p ', [':files', 'edge', 'firewall', 'forwards', 'hub', 'mesh']],
  ['plan -i ', [':files']],
  ['plan --state-dir ', [':folders']],
  ['unlock vps ', ['gw']],
  ['remove ', ['vps', 'gw']],
  ['renumber ', ['net']],
  ['client show ', ['phone', 'laptop']],
  ['client add new --tunnel ', ['split', 'full']],
  ['client add new --network ', ['net']],
  ['client add new --reach la', ['lan']],
  ['rehearse --against l', [':files', 'last']],
  ['lab run --at r', ['router:home']],
  ['lab run -- wg ', [':files']],
  ['explain E_SSH_H', ['E_SSH_HOST_KEY_UNKNOWN', 'E_SSH_HOST_KEY_CHANGED']],
  ['explain hands', ['handshake']],
  ['completion z', ['zsh']],
  ['report merge ', [':files']],
  ['client add new ', expect.arrayContaining(['--qr', '--help'])],
  ['plan --ye', []],
  ['__comp', []],
])('%s', (line, words) => {
  expect(complete(line)).toEqual(words);
});

it('reads the inventory that the line names', () => {
  const files = { 'other.yaml': 'nodes: { far: {} }\n' };
  expect(complete('plan -i other.yaml --only ', files)).toEqual(['far']);
  expect(complete('plan --inventory=other.yaml --only ', files)).toEqual(['far']);
  expect(complete('plan -i none.yaml --only ', files)).toEqual([]);
});

it('takes what can be read of a file that is being written', () => {
  for (const unfinished of ['networks:\n', 'networks:\n  mesh: {', 'networks: [\n', 'x'])
    expect(complete('plan --only ', { 'inventory.yaml': `nodes:\n  a-1:\n  b-1:\n${unfinished}` })).toEqual([
      'a-1',
      'b-1',
    ]);
  expect(complete('plan --only ', { 'inventory.yaml': '- a\n- b\n' })).toEqual([]);
});

it('offers the applies that this machine remembers', () => {
  const line = (run: string, command: string) => `${JSON.stringify({ type: 'run-started', command, run })}\n`;
  const files = {
    'runs/20260101-000000-aaaaaa/journal.jsonl': line('20260101-000000-aaaaaa', 'apply'),
    'runs/20260102-000000-bbbbbb/journal.jsonl': line('20260102-000000-bbbbbb', 'check'),
    'runs/20260103-000000-cccccc/journal.jsonl': line('20260103-000000-cccccc', 'apply'),
  };
  const cwd = folderWith({ 'state/bridgehead/none': '' });
  const folder = folderWith(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`bridgehead/${name}`, text])),
  );
  const io = { stdout: mute, stderr: mute, stdin: {}, env: { XDG_STATE_HOME: folder }, cwd };
  const program = createProgram(io, createHost(io));
  expect(candidatesFor(program, ['undo', ''], io).words.map(({ word }) => word)).toEqual([
    '20260103-000000-cccccc',
    '20260101-000000-aaaaaa',
  ]);
});

it('prints what its shells read', async () => {
  const { code, stdout } = await cli(['__complete', 'plan', '-p', 'm'], folderWith());
  expect({ code, stdout }).toEqual({ code: 0, stdout: ':files\nmesh\n' });
  expect((await cli(['__complete', 'unlo'])).stdout).toBe('unlock\trelease locks left by dead runs\n');
});

it('refuses a shell that it does not know', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no "tcsh"\nfix: one of: bash, zsh, fish');
});

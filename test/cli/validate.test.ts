import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { cli, folderWith } from './helpers.js';

const HOME = join(process.cwd(), 'inventory', 'home-mesh.yaml');

it('says who connects to whom for every ordered pair', async () => {
  const { code, stdout, stderr } = await cli(['validate', '-i', HOME]);
  expect({ code, stderr }).toEqual({ code: EXIT.go, stderr: '' });
  expect(stdout.match(/ -> \S+ +\S+:\d+ /g)).toHaveLength(12);
  expect(stdout).toMatch(
    /ctb-edge-1 -> wk-1 +203\.0\.113\.10:51820 +forwarded by home +172\.27\.15\.11\/32\n/,
  );
  expect(stdout).toMatch(
    /wk-1 -> ctb-edge-1 +198\.51\.100\.25:51820 +public +keepalive 25 s +172\.27\.15\.31\/32\n/,
  );
  expect(stdout).toMatch(/wk-1 -> wk-2 +192\.168\.15\.4:51820 +on the LAN of home +172\.27\.15\.13\/32\n/);
  expect(stdout).toContain('OK: home-mesh has 4 nodes, 1 site and 1 network');
});

it('has a heading for each column of that table', async () => {
  const { stdout } = await cli(['validate', '-i', HOME]);
  expect(stdout).toMatch(
    /\n {2}from -> to +endpoint +how +keepalive +for packets to \(AllowedIPs\)\n {2}ctb-edge-1 -> ms-1/,
  );
});

it('draws the network instead with --draw, and not as JSON', async () => {
  const { code, stdout } = await cli(['validate', '-i', HOME, '--draw']);
  expect(code).toBe(EXIT.go);
  expect(stdout).toContain('┌──┴ home ─');
  expect(stdout).toContain('OK: home-mesh has 4 nodes, 1 site and 1 network');
  expect(stdout).not.toContain('AllowedIPs');
  expect((await cli(['validate', '-i', HOME, '--draw', '--json'])).code).toBe(EXIT.badInput);
});

it('says on a terminal, and only there, what to do next', async () => {
  const next = 'bridgehead apply -i ';
  expect((await cli(['validate', '-i', HOME], process.cwd(), true)).stdout).toContain(next);
  expect((await cli(['validate', '-i', HOME])).stdout).not.toContain(next);
});

it('gives the same as JSON', async () => {
  const { stdout } = await cli(['validate', '-i', HOME, '--json']);
  const shown = JSON.parse(stdout);
  expect(shown).toMatchObject({ ok: true, inventory: { name: 'home-mesh' }, playbook: { name: 'mesh' } });
  const [edge] = shown.networks[0].members;
  expect(edge.node).toBe('ctb-edge-1');
  expect(edge.peers.map((peer: { endpoint: { port: number } }) => peer.endpoint.port)).toEqual([
    51821, 51820, 51822,
  ]);
});

it('lists every problem, one per line, with its place', async () => {
  const file = join(
    folderWith({ 'bad.yaml': 'name: bad\nnodes:\n  a: { site: nowhere }\n  b: { pubic: 1.2.3.4 }\n' }),
    'bad.yaml',
  );
  const { code, stdout, stderr } = await cli(['validate', '-i', file]);
  expect({ code, stdout }).toEqual({ code: EXIT.badInput, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(2);
  for (const line of lines) expect(line.startsWith(`${file}:`)).toBe(true);
});

it('gives problems as JSON too, with the same exit code', async () => {
  const file = join(folderWith({ 'bad.yaml': 'name: bad\n' }), 'bad.yaml');
  const { code, stdout, stderr } = await cli(['validate', '-i', file, '--json']);
  expect({ code, stderr }).toEqual({ code: EXIT.badInput, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ file }] });
});

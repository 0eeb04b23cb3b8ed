import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../src/core/secret.js';
import { explainTailscale } from '../../../src/layers/tailscale/join/explain.js';
import { exitScript, joinWithKeyScript } from '../../../src/layers/tailscale/join/join.js';
import type { FragmentReply } from '../../../src/remote/program.js';
import { describeShells, runScript, type Shell } from '../../support/shells.js';
import { membership } from './fixture.js';

const KEY = "tskey-auth-k*[x]'quoted'-$(id)-`id`";
const { tailnet } = membership('edge');

/** A `tailscale` that notes what it is called with, reads the key as the real one does, and then does as the test says. */
const PROGRAM = (doing: string, health = ''): string => `#!/bin/sh
folder=\${0%/*}
printf '%s\\n' "$*" >>"$folder/argv"
tr '\\0' ' ' <"/proc/$PPID/cmdline" >>"$folder/argv"
case $1 in
  status) printf '{\\n  "Health": [\\n${health}  ],\\n  "Self": null\\n}\\n' ; exit 0 ;;
  down) echo down >>"$folder/calls"; exit 0 ;;
esac
for word; do
  case $word in --auth-key=file:*) key=$(cat "\${word#--auth-key=file:}"); printf '%s\\n' "$key" >"$folder/key" ;; esac
done
${doing}
`;

describeShells('joining', (shell: Shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-tailscale-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const program = (doing: string, health?: string): void =>
    writeFileSync(join(folder, 'tailscale'), PROGRAM(doing, health), { mode: 0o755 });
  const joining = (flags: readonly string[] = ['--reset']): FragmentReply =>
    runScript(shell, joinWithKeyScript(new Secret(KEY), flags), { path: [folder] });
  const explained = (reply: FragmentReply) => explainTailscale(tailnet, reply)?.message;

  it('gives the key to tailscale through a pipe, whatever is in it, and to nothing else', () => {
    program('exit 0');
    const reply = joining(['--reset', '--hostname=it\'s "me"']);
    expect(reply).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(read('key')).toBe(`${KEY}\n`);
    expect(read('argv')).toContain(
      'up --reset --hostname=it\'s "me" --auth-key=file:/dev/fd/3 --timeout=25s',
    );
    expect(read('argv')).not.toContain('tskey');
  });

  it('cuts the key out of what tailscale says, and has it stop trying', () => {
    program('echo "bad key $key, really $key" >&2; echo "backend error: authkey already used"; exit 1');
    const reply = joining();
    expect(reply.code).toBe(1);
    expect(reply.stderr).toContain('bad key [redacted], really [redacted]');
    expect(`${reply.stdout}${reply.stderr}`).not.toContain('tskey');
    expect(read('calls')).toBe('down\n');
    expect(explained(reply)).toBe('the key for tail is used up: it lets one node join, and one has');
  });

  it('does not wait for the end of the time if the server has refused the key', () => {
    program(
      'exec sleep 50',
      '    "You are logged out. The last login error was: register request: http 401: authkey expired"\\n',
    );
    const before = Date.now();
    const reply = joining();
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(reply.code).toBe(1);
    expect(explained(reply)).toBe('the key for tail has expired');
  });

  it('says so if tailscale is not there, or the key was never read', () => {
    expect(explained(runScript(shell, joinWithKeyScript(new Secret(KEY), []), {}))).toBe(
      'tailscale is not installed',
    );
    expect(runScript(shell, joinWithKeyScript(undefined, []))).toMatchObject({ code: 1 });
  });

  it('waits for an exit node that is only joining', () => {
    program(
      'echo x >>"$folder/tries"; [ "$(wc -l <"$folder/tries")" -ge 2 ] || { echo "no node found" >&2; exit 1; }',
    );
    expect(runScript(shell, exitScript('edge'), { path: [folder] }).code).toBe(0);
    expect(read('argv')).toContain(
      'set --accept-risk=all --exit-node=edge --exit-node-allow-lan-access=true',
    );
    expect(runScript(shell, exitScript(undefined), { path: [folder] }).code).toBe(0);
    expect(read('argv')).toContain('--exit-node= --exit-node-allow-lan-access=false');
  });
});

const CASES: readonly (readonly [string, string])[] = [
  [
    'register request: http 401: invalid pre auth key',
    "https://hs.example.com doesn't know the key for tail",
  ],
  [
    'backend error: invalid key: API key kX does not exist',
    "https://hs.example.com doesn't know the key for tail",
  ],
  ['authkey expired', 'the key for tail has expired'],
  ['authkey already used', 'the key for tail is used up: it lets one node join, and one has'],
  [
    'requested tags [tag:a] are invalid or not permitted',
    "https://hs.example.com doesn't let the node have ",
  ],
  [
    'x509: certificate signed by unknown authority',
    'the certificate of https://hs.example.com is not trusted',
  ],
  [
    'timeout waiting for Tailscale service to enter a Running state',
    'https://hs.example.com does not answer',
  ],
  ['dial tcp 198.51.100.1:443: connect: connection refused', 'https://hs.example.com does not answer'],
];

it.each(CASES)('explains %s', (stderr, message) => {
  const explained = explainTailscale(tailnet, { id: 'x', code: 1, stdout: '', stderr });
  expect(explained?.message).toBe(message);
  expect(explained?.fix).toEqual(expect.any(String));
});

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../../src/app/clients/change.js';
import { addNewClient } from '../../../src/app/clients/keys.js';
import { EXIT, messageOf } from '../../../src/core/errors.js';
import { folderWith } from '../../cli/helpers.js';
import { hubText } from '../../layers/wireguard/clients/support.js';
import { hubWith, KEY } from './support.js';

/** `client add` on a hub that takes the peer; `meanwhile` is called before the inventory is written. */
async function addTablet(meanwhile: (file: string) => void) {
  const folder = folderWith({ 'home.yaml': hubText() });
  const [file, conf] = [join(folder, 'home.yaml'), join(folder, 'tablet.conf')];
  const written = { stdout: '', stderr: '' };
  let failure: unknown;
  const io = {
    stdout: {
      write: (text: string) => {
        written.stdout += text;
      },
    },
    stderr: {
      write: (text: string) => {
        written.stderr += text;
      },
    },
    stdin: { isTTY: false },
    env: { HOME: folder },
    cwd: folder,
  };
  const run: Run = async ({ inventory, commit, after }) => {
    const key = inventory.networks[0]?.clients[0]?.publicKey;
    const hub = hubWith([`@peer ${key} (none) 0 off 10.8.0.2/32`]);
    const { signal } = new AbortController();
    meanwhile(file);
    try {
      await commit?.(hub, signal);
      await after?.(hub, signal);
      return { exit: EXIT.go, declined: false, unmet: undefined };
    } catch (error) {
      failure = error;
      return { exit: EXIT.stepFailed, declined: false, unmet: undefined };
    }
  };
  const options = {
    inventory: file,
    yes: true,
    conf,
    color: false,
    address: [],
    dns: [],
    reach: [],
    stateDir: join(folder, 'state'),
  };
  const exit = await addNewClient(
    'tablet',
    options as unknown as Parameters<typeof addNewClient>[1],
    io,
    run,
  );
  return { exit, folder, file, conf, ...written, failure: messageOf(failure) };
}

describe('a new client', () => {
  it('gets its configuration once it is in the inventory', async () => {
    const { exit, file, conf, stderr } = await addTablet(() => {});
    expect({ exit, stderr }).toEqual({ exit: EXIT.go, stderr: '' });
    expect(readFileSync(file, 'utf8')).toContain('tablet:');
    expect(readFileSync(conf, 'utf8')).toMatch(/^PrivateKey = \S{43}=$/m);
  });

  it.each<[string, (file: string) => void]>([
    ['is gone', (file) => rmSync(file)],
    ['can’t be edited', (file) => writeFileSync(file, 'networks: [\n')],
  ])('keeps its keys if the inventory %s by then', async (_what, meanwhile) => {
    const { exit, folder, conf, stdout, stderr, failure } = await addTablet(meanwhile);
    expect(exit).toBe(EXIT.stepFailed);
    expect(failure).toContain('vps has its clients as the edit says, but ');
    expect(readFileSync(conf, 'utf8')).toMatch(/^PrivateKey = \S{43}=$/m);
    expect(readFileSync(conf, 'utf8')).toContain(`PublicKey = ${KEY('H')}`);
    expect(stdout).toContain(`wrote ${conf}`);
    const kept = readdirSync(folder).find((name) => name.startsWith('.home.yaml.')) ?? '';
    expect(stderr).toMatch(
      /home\.yaml was not changed\. Copy what has changed from \S+ into it before the next/,
    );
    expect(stderr).toContain(kept);
    expect(readFileSync(join(folder, kept), 'utf8')).toContain('tablet:');
    expect(statSync(join(folder, kept)).mode & 0o777).toBe(0o600);
  });
});

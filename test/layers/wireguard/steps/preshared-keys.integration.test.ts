import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import type { Change, Facts, StepContext } from '../../../../src/layers/step.js';
import { presharedKeyFact } from '../../../../src/layers/wireguard/facts.js';
import type { PresharedKeysSeen } from '../../../../src/layers/wireguard/steps/preshared-keys/seen.js';
import { presharedKeysStep } from '../../../../src/layers/wireguard/steps/preshared-keys.js';
import { wireguardStep } from '../../../../src/layers/wireguard/steps/wireguard.js';
import type { Network } from '../../../../src/model/inventory.js';
import { type Sh, standalone } from '../../../../src/remote/script.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import { describeShells, runScript } from '../../../support/shells.js';

const { inventory, network } = await phoneHome({ presharedKeys: true }, { publicKey: 'phone-public=' });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const OURS = sha256('ours');
const THEIRS = sha256('theirs');

function context(node: string, secrets: RunSecrets, own: Network = network): StepContext<object> {
  const found = inventory.nodes.find(({ name }) => name === node);
  if (!found) throw new Error(`no ${node}`);
  return {
    params: {},
    node: found,
    inventory: { ...inventory, networks: [own] },
    networks: [own],
    folder: '/',
    values: new Map(),
    secrets,
  };
}

const seen = (keys: Readonly<Record<string, string>>, mode = '600 root root'): PresharedKeysSeen =>
  new Map(
    Object.entries(keys).map(([peer, sum]) => [`/etc/wireguard/psk/wg0/${peer}`, { mode, sha256: sum }]),
  );

/** What each node says that it keeps for each peer. */
const factsOf = (keys: Readonly<Record<string, string>>): Facts => ({
  get: (node, key) =>
    Object.entries(keys).find(
      ([pair]) =>
        key === presharedKeyFact('wg0', pair.split(' for ')[1] ?? '') && pair.startsWith(`${node} `),
    )?.[1],
});

const wanted = (where: StepContext<object>, what: PresharedKeysSeen, facts: Facts): string[] =>
  (presharedKeysStep.wantedSecrets?.(where, what, facts) ?? []).map(({ nodes }) => nodes.join(', '));

/** The changes once all keys that the step asks for were made. */
function changesOf(where: StepContext<object>, what: PresharedKeysSeen, facts: Facts): readonly Change[] {
  for (const { network: name, nodes } of presharedKeysStep.wantedSecrets?.(where, what, facts) ?? []) {
    (where.secrets as RunSecrets).make(name, ...nodes);
  }
  return presharedKeysStep.plan(where, what, facts);
}
const plan = (...args: Parameters<typeof changesOf>): string[] =>
  changesOf(...args).map(({ summary }) => summary);

describe('preshared keys: plan', () => {
  const agreed = factsOf({ 'node-a for vps': OURS, 'vps for node-a': OURS });
  const nobody = factsOf({ 'node-a for vps': '', 'vps for node-a': '' });

  it('never changes a pair that agrees', () => {
    const secrets = new RunSecrets();
    expect(plan(context('node-a', secrets), seen({ vps: OURS }), agreed)).toEqual([]);
    expect(plan(context('vps', secrets), seen({ 'node-a': OURS, phone: THEIRS }), agreed)).toEqual([]);
    expect(secrets.made('home', 'vps', 'node-a')).toBeUndefined();
  });

  it.each([
    ['neither has one', {}, nobody],
    ['the other has none', { vps: OURS }, factsOf({ 'node-a for vps': OURS, 'vps for node-a': '' })],
    ['the two differ', { vps: OURS }, factsOf({ 'node-a for vps': OURS, 'vps for node-a': THEIRS })],
  ])('gives both the same new one where %s', (_why, own, facts) => {
    const secrets = new RunSecrets();
    const [change] = changesOf(context('node-a', secrets), seen(own), facts);
    expect(change?.summary).toBe('write a new preshared key for vps');
    const made = secrets.made('home', 'vps', 'node-a');
    const key = made?.key.reveal() ?? '';
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(made?.sha256).toBe(sha256(key));
    expect(change?.script.match(new RegExp(key.replaceAll('+', '\\+'), 'g'))).toHaveLength(1);
    expect(change?.script).toContain(`printf '%s' '${key}\n'`);
    const [other] = changesOf(context('vps', secrets), seen({ phone: OURS }), facts);
    expect(other?.script).toContain(key);
    // Satisfied by its own new key, though the other side is not there yet.
    expect(plan(context('node-a', secrets), seen({ vps: sha256(key) }), facts)).toEqual([]);
  });

  it('asks for a key of each pair that does not agree, as long as none was made, and makes none itself', () => {
    const secrets = new RunSecrets();
    const where = context('vps', secrets);
    const keys = seen({ 'node-a': OURS, phone: THEIRS });
    expect(wanted(where, keys, agreed)).toEqual([]);
    expect(wanted(where, seen({}), nobody)).toEqual(['vps, node-a', 'vps, phone']);
    expect(wanted(where, keys, factsOf({ 'node-a for vps': THEIRS }))).toEqual(['vps, node-a']);
    presharedKeysStep.plan(where, seen({}), nobody);
    expect(secrets.made('home', 'vps', 'node-a')).toBeUndefined();
    secrets.make('home', 'node-a', 'vps');
    expect(wanted(where, seen({}), nobody)).toEqual(['vps, phone']);
    const off = context('vps', secrets, { ...network, presharedKeys: false });
    expect(wanted(off, seen({}), nobody)).toEqual([]);
  });

  it('takes a key made for the run, though the two agree', () => {
    const secrets = new RunSecrets();
    const made = secrets.make('home', 'node-a', 'vps');
    expect(plan(context('node-a', secrets), seen({ vps: OURS }), agreed)).toEqual([
      'write a new preshared key for vps',
    ]);
    expect(plan(context('node-a', secrets), seen({ vps: made.sha256 }), agreed)).toEqual([]);
  });

  it('never changes only one side', () => {
    const none = new RunSecrets();
    const differ = factsOf({ 'node-a for vps': OURS, 'vps for node-a': THEIRS });
    const unmade = (keys: Record<string, string>, facts: Facts) =>
      presharedKeysStep.plan(context('node-a', none), seen(keys), facts);
    expect(unmade({ vps: OURS }, differ)).toEqual([]);
    const [change] = unmade({}, nobody);
    expect(change?.script).toContain('exit 1');
    const stderr = 'vps needs the same preshared key, and this run may not change it\n';
    expect(
      presharedKeysStep.explain?.(context('node-a', none), { id: 'x', code: 1, stdout: '', stderr }),
    ).toMatchObject({ fix: 'run without --only, or with --only for both nodes of the pair' });
  });

  it('gives a hub a client’s key if it has none, and says so', () => {
    expect(plan(context('vps', new RunSecrets()), seen({ 'node-a': OURS }), agreed)).toEqual([
      'write a new preshared key for phone, which needs a new configuration',
    ]);
  });

  it('mends a mode, and removes keys of peers that are gone', () => {
    const where = context('node-a', new RunSecrets());
    expect(plan(where, seen({ vps: OURS }, '644 root root'), agreed)).toEqual([
      'make /etc/wireguard/psk/wg0/vps readable only by root (it is 644 root root)',
    ]);
    expect(plan(where, seen({ vps: OURS, old: OURS }), agreed)).toEqual(['remove the preshared key for old']);
    const off = context('node-a', new RunSecrets(), { ...network, presharedKeys: false });
    expect(plan(off, seen({ vps: OURS }), agreed)).toEqual(['remove the preshared key for vps']);
  });

  it('shows no key, however it is printed', () => {
    const secrets = new RunSecrets();
    const [{ script: _script, ...result } = { script: '' }] = changesOf(
      context('node-a', secrets),
      seen({}),
      nobody,
    );
    const key = secrets.made('home', 'node-a', 'vps')?.key.reveal() ?? '';
    expect(JSON.stringify(result)).not.toContain(key);
    expect(JSON.stringify(secrets.made('home', 'node-a', 'vps'))).not.toContain(key);
  });
});

describe('the wireguard step', () => {
  const dump =
    'ActiveState=active\nUnitFileState=enabled\n@own OWN=\n@mtu 1420\n7: wg0    inet 10.8.0.3/32 scope global wg0\n@routes\n10.8.0.0/24 scope link\n@end-of-routes\n@interface OWN= 51820\n@peer VPS= 198.51.100.8:51820 1700000000 25 10.8.0.0/24\n@now 1700000000\n';
  const facts: Facts = {
    get: (node, key) => (key.startsWith('public') ? (node === 'vps' ? 'VPS=' : 'OWN=') : OURS),
  };
  const live = (extra: string, secrets = new RunSecrets(), use = facts) => {
    const where = context('node-a', secrets);
    const reply = { id: 'p', code: 0, stderr: '', stdout: `@@ part wg0\n${dump}${extra}` };
    return wireguardStep
      .plan(where, wireguardStep.probe(where).parse(reply), use)
      .filter(({ diff }) => diff === undefined);
  };

  it('sets the key of the file if the interface has another', () => {
    const [change] = live(`@shared VPS= ${THEIRS}\n`);
    expect(change?.summary).toBe('set peer vps: preshared key -> that of its file');
    expect(change?.disruption.level).toBe('none');
    expect(change?.script).toMatch(/'preshared-key' '\/etc\/wireguard\/psk\/wg0\/vps'$/);
  });

  it('is satisfied by that key, and not once the run has made another', () => {
    expect(live(`@shared VPS= ${OURS}\n`)).toEqual([]);
    const secrets = new RunSecrets();
    secrets.make('home', 'vps', 'node-a');
    expect(live(`@shared VPS= ${OURS}\n`, secrets)).toHaveLength(1);
  });

  it('waits for the keys', () => {
    const without: Facts = { get: (node, key) => (key.startsWith('psk') ? '' : facts.get(node, key)) };
    const [change] = live('', new RunSecrets(), without);
    expect(change?.summary).toBe('change wg0, once the preshared key for vps is known');
    expect(change?.script).toContain('exit 1');
  });
});

describeShells('preshared keys on a node', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-psk-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const here = (script: Sh): string =>
    standalone(script).replaceAll('/etc/wireguard/psk', join(folder, 'psk'));

  it('writes a key that the probe only reports as a checksum', () => {
    const secrets = new RunSecrets();
    const where = context('node-a', secrets);
    const [change] = changesOf(where, new Map(), factsOf({}));
    const key = secrets.made('home', 'node-a', 'vps')?.key.reveal() ?? '';
    expect(runScript(shell, here(change?.script ?? ''))).toMatchObject({ code: 0, stderr: '', stdout: '' });
    const path = join(folder, 'psk/wg0/vps');
    expect(readFileSync(path, 'utf8')).toBe(`${key}\n`);
    expect(
      [statSync(path), statSync(join(folder, 'psk')), statSync(join(folder, 'psk/wg0'))].map(
        ({ mode }) => mode & 0o777,
      ),
    ).toEqual([0o600, 0o700, 0o700]);

    writeFileSync(join(folder, 'psk/wg0/odd'), 'no newline', { mode: 0o644 });
    const reply = runScript(shell, here(presharedKeysStep.probe(where).script));
    expect(reply.stdout).not.toContain(key);
    expect(
      [...presharedKeysStep.probe(where).parse(reply)].map(([at, one]) => [at.slice(folder.length), one]),
    ).toEqual([
      ['/psk/wg0/odd', { mode: '644 root root', sha256: sha256('no newline') }],
      ['/psk/wg0/vps', { mode: '600 root root', sha256: sha256(key) }],
    ]);
  });

  it('reads a node without keys', () => {
    const where = context('vps', new RunSecrets());
    const reply = runScript(shell, here(presharedKeysStep.probe(where).script));
    expect(reply).toMatchObject({ code: 0, stderr: '' });
    expect(presharedKeysStep.facts?.(where, presharedKeysStep.probe(where).parse(reply))).toEqual({
      'psk-hash.wg0.node-a': '',
      'psk-hash.wg0.phone': '',
    });
  });
});

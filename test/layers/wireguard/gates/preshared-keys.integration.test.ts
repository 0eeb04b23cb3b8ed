import { createHash } from 'node:crypto';
import { presharedKeys } from '../../../../src/layers/wireguard/gates/preshared-keys.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { fakes } from './fakes.js';
import { gateContext, INVENTORY, KEYS, NETWORK, nodeOf, reply, scriptOf, stops } from './fixture.js';

const PHONE = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';
const SHARED: Inventory = { ...INVENTORY, networks: [{ ...NETWORK, presharedKeys: true }] };
const NODES = Object.keys(KEYS);
const sum = (a: string, b: string): string => `sum-of-${[a, b].sort().join('-and-')}`;
const lines = (node: string): string[] =>
  NODES.filter((peer) => peer !== node).flatMap((peer) => [
    `live 0 ${KEYS[peer]} ${sum(node, peer)}`,
    `file 0 ${peer} 600 root ${sum(node, peer)}`,
  ]);

function judged(change: (line: string, node: string) => string | undefined, inventory = SHARED) {
  const replies = NODES.map((node) => {
    const said = lines(node).flatMap((line) => change(line, node) ?? []);
    return [node, reply(said.join('\n'))] as const;
  });
  return verdictOn(presharedKeys, gateContext({}, { inventory }), new Map(replies));
}

const onMs1 = (search: string, replacement: string) => (line: string, node: string) =>
  node === 'ms-1' ? line.replace(search, replacement) : line;

describe('preshared-keys', () => {
  it('are GO when every pair has its own', () => {
    const verdict = judged((line) => line);
    expect(stops(verdict)).toEqual([]);
    expect(verdict.summary).toBe('12 of 12 peers with a preshared key');
  });

  it.each<[string, (line: string, node: string) => string | undefined, readonly string[]]>([
    [
      'no file',
      (line, node) => (node === 'ms-1' && line.startsWith('file 0 wk-1') ? undefined : line),
      ['ms-1 -> wk-1: no file /etc/wireguard/psk/wg0/wk-1'],
    ],
    [
      'a file open to others',
      onMs1('file 0 wk-1 600', 'file 0 wk-1 644'),
      ['ms-1 -> wk-1: mode and owner of /etc/wireguard/psk/wg0/wk-1 are 644 root'],
    ],
    [
      'not in use',
      onMs1(`live 0 ${KEYS['wk-1']} ${sum('ms-1', 'wk-1')}`, `live 0 ${KEYS['wk-1']} none`),
      ['ms-1 -> wk-1: wg0 uses none'],
    ],
    [
      'another in use',
      onMs1(`live 0 ${KEYS['wk-1']} ${sum('ms-1', 'wk-1')}`, `live 0 ${KEYS['wk-1']} other`),
      ['ms-1 -> wk-1: wg0 uses a different one than /etc/wireguard/psk/wg0/wk-1'],
    ],
    [
      'halves that differ',
      onMs1(sum('ms-1', 'wk-1'), 'other'),
      ['ms-1 -> wk-1: wk-1 has a different one', 'wk-1 -> ms-1: ms-1 has a different one'],
    ],
  ])('%s', (_what, change, expected) => {
    expect(stops(judged(change))).toEqual(expected);
  });

  it("takes a client's half on trust", () => {
    const phone = {
      name: 'phone',
      addresses: ['172.27.15.77'],
      publicKey: PHONE,
      tunnel: 'split',
      dns: [],
      reach: 'all',
    } as const;
    const hubOf = { 'ctb-edge-1': 'ms-1', 'wk-1': 'ms-1', 'wk-2': 'ms-1', phone: 'ms-1' };
    const network = {
      ...NETWORK,
      presharedKeys: true,
      shape: 'hub',
      hubs: ['ms-1'],
      hubOf,
      clients: [phone],
    } as const;
    const context = gateContext({}, { inventory: { ...INVENTORY, networks: [network] }, measured: ['ms-1'] });
    const said = [...lines('ms-1'), `live 0 ${PHONE} sum`, 'file 0 phone 600 root sum'];
    const verdict = verdictOn(presharedKeys, context, new Map([['ms-1', reply(said.join('\n'))]]));
    expect(verdict.findings.find(({ peer }) => peer === 'phone')).toMatchObject({
      go: true,
      seen: "in use; phone's half was not checked",
    });
  });

  it('are asked for only if a network has them', () => {
    expect(presharedKeys.concerns?.(INVENTORY, INVENTORY.networks)).toBe(false);
    expect(presharedKeys.concerns?.(SHARED, SHARED.networks)).toBe(true);
  });

  describeShells('are read', (shell) => {
    (canMount ? it : it.skip)('without printing one', () => {
      const path = fakes({
        wg: `case "$*" in 'show wg0 preshared-keys') printf '%s\\tSECRET-one\\n%s\\t(none)\\n' "${KEYS['wk-1']}" "${KEYS['wk-2']}" ;; esac`,
      });
      const script = scriptOf(presharedKeys, gateContext({}, { inventory: SHARED }), nodeOf('ms-1'));
      const { stdout } = runScript(shell, script, {
        path: [path],
        under: ['unshare', '-m'],
        before:
          'mkdir -p /etc/wireguard; mount -t tmpfs tmpfs /etc/wireguard; mkdir -p /etc/wireguard/psk/wg0; echo SECRET-one >/etc/wireguard/psk/wg0/wk-1',
      });
      const one = createHash('sha256').update('SECRET-one').digest('hex');
      expect(stdout).not.toContain('SECRET');
      expect(stdout).toContain(`live 0 ${KEYS['wk-1']} ${one}\n`);
      expect(stdout).toContain(`live 0 ${KEYS['wk-2']} none\n`);
      expect(stdout).toContain(`file 0 wk-1 600 root ${one}\n`);
      expect(stdout.match(/^file/gm)).toHaveLength(1);
    });
  });
});

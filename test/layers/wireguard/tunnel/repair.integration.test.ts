import { repairInterface } from '../../../../src/layers/wireguard/tunnel/repair.js';
import { describeShells, runScript } from '../../../support/shells.js';

const peer = (publicKey: string, port: number) => ({
  node: 'edge',
  publicKey,
  addresses: ['172.27.15.31'],
  allowedIps: ['172.27.15.31/32'],
  endpoint: { address: '198.51.100.25', port, via: 'public' as const },
  roams: false,
  mayHaveLearned: () => false,
});
const livePeer = (publicKey: string) => ({
  publicKey,
  endpoint: '198.51.100.25:51820',
  allowedIps: ['172.27.15.31/32'],
  latestHandshake: 1_699_999_980,
  keepalive: 0,
});

/** All that can be repaired, at once. */
const CHANGES = repairInterface({
  wanted: {
    interface: 'wg0',
    port: 51999,
    mtu: 1380,
    addresses: ['172.27.15.12/32'],
    routes: ['172.27.15.31/32'],
    peers: [peer('ELSEWHERE=', 51999), peer('NEW=', 51820)],
    sshOver: () => 'without touching SSH',
  },
  live: {
    publicKey: 'OTHER=',
    port: 51820,
    mtu: 1420,
    addresses: ['172.27.15.13/32'],
    routes: ['172.27.15.14/32'],
    peers: [livePeer('ELSEWHERE='), livePeer('GONE=')],
    now: 1_700_000_000,
  },
  ownKey: 'OWN=',
  configured: new Map([['ELSEWHERE=', '198.51.100.25:51820']]),
});

describeShells('a repair of an interface', (shell) => {
  const withTools = (status: number) =>
    CHANGES.map(({ summary, script }) => {
      const tools = ['wg', 'ip', 'perl', 'ping'].map((tool) => `${tool}() { return ${status}; }`);
      return { summary, code: runScript(shell, `${tools.join('\n')}\n${script}`).code };
    });

  it('fails when its command does, whatever comes after it', () => {
    expect(withTools(3)).toEqual(CHANGES.map(({ summary }) => ({ summary, code: 3 })));
  });

  it('succeeds when its commands do', () => {
    expect(CHANGES).toHaveLength(10);
    expect(withTools(0)).toEqual(CHANGES.map(({ summary }) => ({ summary, code: 0 })));
  });
});

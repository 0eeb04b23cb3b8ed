import type { App } from '../../../../src/layers/edge/inventory/types.js';
import { programsOf } from '../../../../src/layers/edge/relays/units.js';
import { relayedAt } from '../../../../src/layers/edge/relays/wanted.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { NO_FACTS } from '../../../support/step-context.js';

/** The files of the app `vault`, by name. */
async function filesOf(change: Partial<App> = {}): Promise<ReadonlyMap<string, string>> {
  const [program, ...others] = programsOf(relayedAt(await hybridEdge({ vault: change }), NO_FACTS, 'home-1'));
  expect(others).toEqual([]);
  return new Map(
    [...(program?.files ?? [])].map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
  );
}

describe('relays by a program', () => {
  it('hold their sockets before the overlay is up', async () => {
    const files = await filesOf();
    expect([...files.keys()]).toEqual(['bridgehead-app-vault.socket', 'bridgehead-app-vault.service']);
    expect(files.get('bridgehead-app-vault.socket')).toContain(
      '[Socket]\nListenStream=10.88.0.10:29787\nListenStream=[fd42:88::10]:29787\nFreeBind=yes\n',
    );
    expect(files.get('bridgehead-app-vault.service')).toContain(
      'ExecStart=/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:8000\n',
    );
  });

  it('listen themselves if they can’t take sockets, once for each address', async () => {
    const files = await filesOf({ relay: 'socat' });
    expect([...files.keys()]).toEqual(['bridgehead-app-vault.service', 'bridgehead-app-vault.2.service']);
    expect(files.get('bridgehead-app-vault.service')).toContain(
      'ExecStart=/usr/bin/socat -t 86400 TCP4-LISTEN:29787,bind=10.88.0.10,freebind=1,reuseaddr,fork,keepalive,nodelay TCP:127.0.0.1:8000,keepalive,nodelay\n',
    );
    expect(files.get('bridgehead-app-vault.2.service')).toMatch(
      /TCP6-LISTEN:29787,bind=\[fd42:88::10\],freebind=1,reuseaddr,fork[\s\S]*^Restart=always\n\n\[Install\]\nWantedBy=multi-user\.target\n$/m,
    );
  });

  it('give the caller’s address to an app that reads it', async () => {
    const options = { headers: {}, maintenance: false, proxyProtocol: true };
    const ofHttp = await filesOf({ relay: 'haproxy', options });
    expect(ofHttp.get('vault.haproxy')).toContain(
      'listen vault\n\tbind fd@3\n\tbind fd@4\n\tserver app 127.0.0.1:8000 send-proxy-v2\n',
    );
    const ofTls = await filesOf({ relay: 'haproxy', kind: 'tls', options });
    expect(ofTls.get('vault.haproxy')).toContain('\tbind fd@3 accept-proxy\n');
    const plain = await filesOf({ relay: 'haproxy' });
    expect(plain.get('vault.haproxy')).not.toMatch(/proxy$/m);
  });
});

import { refuseNeeded } from '../../../src/app/remove/needed.js';
import { BridgeheadError } from '../../../src/core/errors.js';
import { resolveText } from '../../layers/wireguard/clients/support.js';

const inventory = resolveText(`name: small
nodes:
  vps: { public: 198.51.100.1 }
  far: { public: 198.51.100.2, ssh: { host: 10.0.0.9, jump: bastion } }
  bastion: { public: 198.51.100.3 }
  relay: { public: 198.51.100.4 }
  nas: { public: 198.51.100.5 }
  pi: { public: 198.51.100.6, ssh: { host: 10.1.0.4 } }
networks:
  home:
    shape: hub
    hub: vps
    range: 10.1.0.0/24
    addresses: { vps: 10.1.0.1, nas: 10.1.0.2, far: 10.1.0.3, pi: 10.1.0.4 }
    clients:
      phone: { address: 10.1.0.9, reach: [nas] }
  mesh:
    interface: wg1
    port: 51821
    relay: relay
    range: 10.2.0.0/24
    addresses: { relay: 10.2.0.1, far: 10.2.0.2 }
`);

const refusal = (name: string, offline = false): BridgeheadError | undefined => {
  try {
    refuseNeeded(inventory, name, offline);
    return undefined;
  } catch (error) {
    return error as BridgeheadError;
  }
};

describe('a node that is to be removed', () => {
  it.each([
    ['bastion', 'far connects through it: give far another ssh.jump'],
    ['vps', 'it is a hub of network home: name another in networks.home.hub, and apply'],
    ['relay', 'it is the relay of network mesh: name another in networks.mesh.relay, and apply'],
    ['nas', 'client phone may reach it: change networks.home.clients.phone.reach'],
  ])('is refused while others need it: %s', (name, why) => {
    expect(refusal(name)).toMatchObject({ code: 'E_USAGE', details: { evidence: why } });
  });

  it('is refused by a name that no node has, with the nearest', () => {
    expect(refusal('bastoin')?.message).toContain('bastoin');
    expect(refusal('bastoin')).toBeInstanceOf(BridgeheadError);
  });

  it('is refused if its own way in goes with its network, unless it can’t be reached anyway', () => {
    expect(refusal('pi')?.message).toBe(
      "pi can't be removed: its SSH address is in network home, which it leaves",
    );
    expect(refusal('pi', true)).toBeUndefined();
  });

  it('may go otherwise', () => {
    expect(refusal('far')).toBeUndefined();
  });
});

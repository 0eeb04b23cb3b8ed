import { overlayAddresses } from '../../../src/layers/edge/overlay.js';
import { TAILNET_ADDRESSES } from '../../../src/layers/tailscale/facts.js';
import { problemsOf, resolve } from '../../inventory/support.js';

const text = (members: string): string => `name: home
nodes:
  vps: { public: 198.51.100.25 }
  box: { public: 198.51.100.26 }
  other: { public: 198.51.100.27 }
networks:
  tail: { kind: tailscale, authKey: { env: TS_AUTHKEY }, members: ${members} }
edges: { vps: { acme: { email: me@example.com } } }
apps:
  photos: { host: photos.example.com, to: { node: box, port: 2283 } }
`;

it('leads an app through a tailnet that has both its ends, at addresses that were seen there', () => {
  const { inventory } = resolve(text('[vps, box]'));
  expect(inventory.apps.map(({ network }) => network)).toEqual(['tail']);
  const seen = new Map([['box', '100.64.0.2 fd7a:115c:a1e0::2']]);
  const facts = {
    get: (node: string, key: string) => (key === TAILNET_ADDRESSES ? seen.get(node) : undefined),
  };
  expect(overlayAddresses(inventory, facts, 'tail', 'box')).toEqual(['100.64.0.2', 'fd7a:115c:a1e0::2']);
  expect(overlayAddresses(inventory, facts, 'tail', 'vps')).toEqual([]);
  expect(overlayAddresses(inventory, facts, 'tail', 'other')).toEqual([]);
});

it('names the missing end of a tailnet, and the key to add it to', () => {
  const named = text('[vps, other]').replace('photos: { ', 'photos: { network: tail, ');
  expect(problemsOf(named)).toEqual([
    'i.yaml:10:22  apps.photos.network: box is not a member of tail; add it to networks.tail.members, or name another network',
  ]);
});

import { judgeTunnel } from '../../../../../src/layers/edge/gates/app/judge/tunnel.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { healthy } from './healthy.js';

it.each([
  [false, 'gates peers, handshake and endpoints report'],
  [true, 'gate tailscale-peers reports'],
])(
  'names the gates that prove the way between an edge and an app (in a tailnet: %s)',
  async (isTailnet, gates) => {
    const inventory = await hybridEdge();
    const [app] = inventory.apps;
    if (app === undefined) throw new TypeError('no app');
    const { vps, home } = healthy(inventory, app.name);
    const silent = { ...vps, pongs: new Set<string>(), peers: [] };
    const broken = judgeTunnel(
      {
        app,
        edge: 'vps',
        overlay: ['100.64.0.2'],
        edgeOverlay: [],
        isTailnet,
        atEdge: silent,
        atHome: { ...home, addresses: new Set(['100.64.0.2']) },
      },
      undefined,
    );
    expect(broken?.fix).toBe(`check what the ${gates} for vps and home-1, and that home-1 is up`);
  },
);

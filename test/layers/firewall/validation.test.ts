import { firewall } from '../../../src/layers/firewall/index.js';
import { SELECTORS } from '../../../src/layers/index.js';
import { problemsOf, resolve, SOUND } from '../../inventory/support.js';

const RULED = `${SOUND}firewall:\n  - { on: wk-1, allow: [{ port: 8000-8010/tcp, from: [lan, mesh] }] }\n`;

it('shows what stays open on each closed node, for whom and why', () => {
  const { inventory } = resolve(RULED);
  expect(firewall.describe?.(inventory).sections).toEqual([
    {
      title: 'firewall of wk-1  closed but for',
      head: ['port', 'from', 'because of'],
      rows: [
        ['51820/udp', 'anyone', 'network mesh'],
        ['61000-64999/tcp', '172.27.15.0/24 through wg0', 'gate transfer of network mesh'],
        ['22/tcp', 'anyone', 'login over SSH'],
        ['8000-8010/tcp', '192.168.15.0/24', 'firewall[0]'],
        ['8000-8010/tcp', '172.27.15.0/24 through wg0', 'firewall[0]'],
      ],
    },
  ]);
  expect(firewall.describe?.(resolve(SOUND).inventory).sections).toEqual([]);
});

it('has a word for the closed nodes, which no node can be called', () => {
  const { inventory } = resolve(RULED);
  const closed = inventory.nodes.filter((node) => SELECTORS.selects(inventory, node, 'closed'));
  expect(closed.map(({ name }) => name)).toEqual(['wk-1']);
  expect(
    problemsOf('name: x\nnodes: { closed: { public: 198.51.100.1 }, anyone: { public: 198.51.100.2 } }\n'),
  ).toEqual([
    expect.stringContaining('a node cannot be named closed'),
    expect.stringContaining('a node cannot be named anyone'),
  ]);
});

import { extended, joiningRequest } from '../../../../src/app/provision/infer/extend.js';
import { meetsOnlyThrough, neededForwards } from '../../../../src/app/provision/infer/forwards.js';
import { layOut } from '../../../../src/app/provision/infer/layout.js';
import { nodeThere } from '../../../../src/app/provision/infer/there.js';
import type { Survey } from '../../../../src/app/provision/survey/survey.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { INVENTORY } from '../dialogue/driver.js';
import { fourMachines, machine, survey } from '../support.js';

const [edge, ms1] = fourMachines().surveyed;
const observers = [edge, ms1].flatMap((one) => one ?? []);
const [network] = INVENTORY.networks;

const apart = (there: Inventory, publicAddress?: string) => {
  const wk9 = machine('wk-9', { address: '192.168.40.2/24', router: '192.168.40.1' });
  const source = publicAddress;
  const heard =
    source === undefined
      ? []
      : [
          {
            from: 'wk-9',
            to: 'ctb-edge-1',
            address: '198.51.100.25',
            port: 51820,
            at: 'ctb-edge-1',
            atPort: 51820,
            source,
          },
        ];
  const found: Survey = { ...survey([wk9], heard), observers };
  const layout = layOut(found, {}, there);
  return { layout, request: joiningRequest({ there, network: there.networks[0] }, layout) };
};
const unforwarded: Inventory = {
  ...INVENTORY,
  sites: INVENTORY.sites.map((site) => ({ ...site, forwards: [] })),
};

describe('a machine that joins an inventory', () => {
  it('needs a forward only where somebody can’t be connected to either', () => {
    expect(neededForwards(apart(INVENTORY, '203.0.113.40').request)).toEqual([]);
    expect(neededForwards(apart(unforwarded, '203.0.113.40').request)).toEqual(['wk-9']);
  });

  it('needs a third where no forward is possible, or wanted', () => {
    expect(meetsOnlyThrough(apart(unforwarded, '203.0.113.40').request, 'needed')).toBe(false);
    expect(meetsOnlyThrough(apart(unforwarded, '203.0.113.40').request, 'none')).toBe(true);
    expect(meetsOnlyThrough(apart(unforwarded).request, 'all')).toBe(true);
    expect(meetsOnlyThrough(apart(INVENTORY).request, 'none')).toBe(false);
  });

  it('leaves forwards, addresses and networks that are there as they are', () => {
    const { layout } = apart(INVENTORY, '203.0.113.40');
    const draft = extended({ there: INVENTORY, network }, layout, { forwards: 'all', relay: undefined });
    expect(draft.sites[0]).toEqual(INVENTORY.sites[0]);
    expect(draft.sites[1]?.forwards).toEqual([{ port: 51820, node: 'wk-9', nodePort: 51820 }]);
    expect(draft.networks[0]?.members).toEqual([
      ...(network?.members ?? []),
      { node: 'wk-9', addresses: ['10.86.0.3'] },
    ]);
    expect(draft.networks[1]).toEqual(INVENTORY.networks[1]);
  });

  it('is left out where it is a node under another name', () => {
    const twin = { ...(ms1 ?? machine('', { address: '' })), machine: 'ops@server.lan' };
    const { placed, twice } = layOut({ ...survey([twin]), observers }, {}, INVENTORY);
    expect({ placed, twice }).toEqual({ placed: [], twice: [{ machine: 'ops@server.lan', as: 'ms-1' }] });
  });

  it.each([
    ['ms-1', 'ms-1'],
    ['ops@192.168.15.2', 'ms-1'],
    ['root@198.51.100.25:22', 'ctb-edge-1'],
    ['root@198.51.100.25:2222', undefined],
    ['wk-1', undefined],
  ])('%s is known as %s', (written, node) => {
    expect(nodeThere(written, INVENTORY)).toBe(node);
  });
});

import { INVENTORY } from './fixture.js';

it('needs its UDP port from anyone on every member', () => {
  const own = INVENTORY.openings.filter(({ because }) => because === 'network tail');
  expect(own).toEqual(
    ['edge', 'wk-1', 'wk-2'].map((node) => ({
      node,
      protocol: 'udp',
      port: 41641,
      sources: 'anyone',
      because: 'network tail',
    })),
  );
});

import fc from 'fast-check';
import { linksOf } from '../../../src/app/export/links.js';
import { loadInventory } from '../../../src/inventory/index.js';
import { callsOf } from '../../../src/layers/index.js';
import { machines } from './machines.js';

describe('the links of a drawing', () => {
  it('are the pairs that call each other, each once, and none through a relay', () => {
    fc.assert(
      fc.property(machines, (inventory) => {
        const pair = (network: string, from: string, to: string) =>
          `${network} ${[from, to].sort().join(' ')}`;
        const called = callsOf(inventory).filter(({ via }) => via !== 'relay');
        const links = linksOf(inventory).map(({ network, from, to }) => pair(network, from, to));
        expect(new Set(links).size).toBe(links.length);
        expect(new Set(links)).toEqual(
          new Set(called.map(({ network, from, to }) => pair(network, from, to))),
        );
        const calls = (from: string, to: string) => called.some((one) => one.from === from && one.to === to);
        const wrong = linksOf(inventory).filter(
          ({ from, to, both }) => !calls(from, to) || calls(to, from) !== both,
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('name the port that a client connects to at its hub’s router', async () => {
    const inventory = await loadInventory('inventory/phone-home.yaml');
    expect(linksOf(inventory)).toContainEqual({
      network: 'home',
      from: 'phone',
      to: 'vps',
      both: false,
      forwards: [],
    });
  });
});

import { judgeItself } from '../../../src/layers/dns/gates/asking/judge-itself.js';
import type { Seen } from '../../../src/layers/dns/gates/asking/seen.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { NO_FACTS } from '../../support/step-context.js';
import { INVENTORY, withDns } from './fixture.js';

const judged = (inventory: Inventory, address: string, behind: readonly string[] = [], node = 'home-1') => {
  const seen: Seen = { perl: true, resolver: { address, behind }, replies: new Map(), tcp: new Map() };
  const context = {
    params: {},
    inventory,
    networks: [],
    measured: [node],
    patience: 1,
    token: 'T',
    facts: NO_FACTS,
  };
  return judgeItself(context, node, seen).map(({ go, seen: words, fix }) => ({ go, words, fix }));
};

it.each([
  ['192.168.1.10', []],
  ['FD42:1:0::10', []],
  ['127.0.0.53', ['192.168.1.10']],
])('a node that asks itself for other names is a STOP: %s, %j', (address, behind) => {
  expect(judged(INVENTORY, address, behind)).toEqual([
    {
      go: false,
      words: `its own resolver is ${behind[0] ?? address}, itself, so it answers no other name`,
      fix: 'write dns.upstream, such as 192.168.1.1, the router of home, and run `bridgehead apply`',
    },
  ]);
});

it.each([
  ['the router', INVENTORY, '192.168.1.1', 'home-1'],
  ['itself, with upstream', withDns({ upstream: ['9.9.9.9'] }), '192.168.1.10', 'home-1'],
  ['itself, by unbound', withDns({ resolver: 'unbound' }), '192.168.1.10', 'home-1'],
  ['another node that serves', INVENTORY, '192.168.1.10', 'box'],
])('is fine if it asks %s', (_what, inventory, address, node) => {
  expect(judged(inventory, address, [], node)).toEqual([]);
});

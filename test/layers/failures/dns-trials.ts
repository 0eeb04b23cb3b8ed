import { dnsStep } from '../../../src/layers/dns/steps/dns.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { NO_FACTS, stepContext } from '../../support/step-context.js';
import { done, INVENTORY, NOTHING, withDns } from '../dns/fixture.js';
import type { Trial } from './one-failure.js';

/** What has a node answer names, answer others, by another program, and no more. */
export function dnsTrials(): Trial[] {
  const plan = (inventory: Inventory, seen = done(INVENTORY)) => {
    const node = inventory.nodes.find(({ name }) => name === 'home-1');
    if (node === undefined) throw new TypeError('no node home-1');
    return dnsStep.plan(stepContext({}, { inventory, node }), seen, NO_FACTS);
  };
  const { dns: _, ...without } = INVENTORY;
  const files = Object.fromEntries([...done(INVENTORY).files.keys()].map((path) => [path, 'x']));
  return [
    ...plan(INVENTORY, NOTHING).map(({ summary, script }) => ({ summary, script, files: {} })),
    ...[
      ...plan(withDns({ inside: 'public' })),
      ...plan(withDns({ resolver: 'unbound' })),
      ...plan(without),
    ].map(({ summary, script }) => ({ summary, script, files })),
  ];
}

import { count } from '../../core/text.js';
import type { Inventory } from '../../model/inventory.js';
import type { Description } from '../layer.js';
import { NOTHING_ASKED } from '../step.js';
import { answersAt } from './answers.js';
import { publicRecords } from './public-records.js';
import { placeText, viewsOf } from './views.js';

/** What is known before any node was asked. */
/** For every serving node, what each name answers at each place. */
export function describeDns(inventory: Inventory): Description {
  const { dns } = inventory;
  if (dns === undefined) return { sections: [], json: {} };
  const served = dns.serve.map((server) => ({
    server,
    views: viewsOf(inventory, server).map(({ place }) => ({
      place: placeText(place),
      answers: answersAt({ inventory, facts: NOTHING_ASKED, place }, dns),
    })),
  }));
  const outside = publicRecords(inventory);
  return {
    sections: served.map(({ server, views }) => {
      const names = [...new Set(views.flatMap(({ answers }) => answers.map(({ name }) => name)))];
      return {
        title: `dns of ${server}  ${dns.resolver}  ${dns.zones.join(', ')}`,
        head: ['name', ...views.map(({ place }) => `for ${place}`)],
        rows: names.map((name) => [
          name,
          ...views.map(
            ({ answers }) => answers.find((one) => one.name === name)?.addresses.join(', ') ?? '-',
          ),
        ]),
      };
    }),
    json: { dns: { ...dns, served, public: outside } },
    count: count(dns.zones.length, 'DNS zone'),
  };
}

import { addItem, setEntry } from '../../../document/index.js';
import { oneOrMore } from '../../../layers/wireguard/inventory/edit-clients.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Draft, DraftSite } from '../../draft/draft.js';
import { forwardItem, nodeEntries, siteEntries } from '../../draft/inventory-text.js';
import { block, plainOf } from '../../draft/yaml-text.js';

type Edit = (text: string) => string;

/** The text of an inventory with what a draft has beyond it: sites, forwards, nodes, members. Comments and layout stay. */
export function withAdditions(text: string, there: Inventory, draft: Draft): string {
  const { file } = there;
  const nodes = draft.nodes.filter(({ name }) => !there.nodes.some((one) => one.name === name));
  const edits: Edit[] = [
    ...draft.sites.flatMap((site) => siteEdits(site, there)),
    ...nodes.map((node): Edit => {
      const entry = plainOf(block(nodeEntries(node)));
      return (now) => setEntry(file, now, ['nodes', node.name], entry);
    }),
    ...draft.networks.flatMap((network): Edit[] => {
      const known = there.networks.find(({ name }) => name === network.name);
      const at = ['networks', network.name];
      const { relay } = network;
      return [
        ...network.members
          .filter(({ node }) => nodes.some(({ name }) => name === node))
          .map(
            ({ node, addresses }): Edit =>
              (now) =>
                setEntry(file, now, [...at, 'addresses', node], oneOrMore(addresses)),
          ),
        ...(relay !== undefined && relay !== known?.relay
          ? [(now: string) => setEntry(file, now, [...at, 'relay'], relay)]
          : []),
      ];
    }),
  ];
  return edits.reduce((now, edit) => edit(now), text);
}

function siteEdits(site: DraftSite, { file, sites }: Inventory): Edit[] {
  const at = ['sites', site.name];
  const known = sites.find(({ name }) => name === site.name);
  if (known === undefined) {
    const entry = plainOf(block(siteEntries(site)));
    return [(now) => setEntry(file, now, at, entry)];
  }
  const { subnets, publicAddresses = [], forwards = [] } = site;
  const added = forwards.filter(({ port }) => !known.forwards.some((one) => one.port === port));
  return [
    ...(subnets.length > known.subnets.length
      ? [(now: string) => setEntry(file, now, [...at, 'subnet'], oneOrMore(subnets))]
      : []),
    ...(publicAddresses.length > 0 && known.publicAddresses.length === 0
      ? [(now: string) => setEntry(file, now, [...at, 'public'], oneOrMore(publicAddresses))]
      : []),
    ...added.map(
      (forward): Edit =>
        (now) =>
          addItem(file, now, [...at, 'forwards'], plainOf(forwardItem(forward))),
    ),
  ];
}

import { inventoryText } from '../../../../src/app/draft/inventory-text.js';
import { draftOf } from '../../../../src/app/provision/dialogue/derived.js';
import type { Key } from '../../../../src/app/provision/dialogue/types.js';
import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import { fourMachines, machine, survey } from '../support.js';
import {
  ADDED,
  APART,
  BROKEN,
  CORRECTED,
  converse,
  INVENTORY,
  S0,
  S3,
  start,
  TWO_HOMES,
  TWO_HUBS,
} from './driver.js';

describe('what is asked', () => {
  it('for four machines: twelve questions, eight of them with what was detected', () => {
    const { asked } = converse(S3);
    expect(asked).toEqual([
      'machines',
      'hostKeys',
      'found',
      'name',
      'clients',
      'shape',
      'range',
      'port',
      'forwards',
      'forwarded',
      'rehearse',
      'apply',
    ]);
    const without: readonly Key[] = ['hostKeys', 'clients', 'forwarded', 'apply'];
    expect(asked.filter((key) => !without.includes(key))).toHaveLength(8);
  });

  it('for a phone: nothing about shape, hub or forwards, which follow', () => {
    expect(converse(S0).asked).toEqual([
      'machines',
      'found',
      'name',
      'clients',
      'gateway',
      'range',
      'port',
      'rehearse',
      'apply',
    ]);
  });

  it('about forwards nothing that is in the router already', () => {
    const { asked } = converse({
      ...S3,
      found: fourMachines(['ms-1', 'wk-1', 'wk-2']),
      says: {},
      isStrange: false,
    });
    expect(asked).not.toContain('forwarded');
  });

  it('about an interface where wg0 is somebody’s, and a relay where two homes can’t meet', () => {
    const { asked, talk } = converse(TWO_HOMES);
    expect(asked).toEqual([
      'machines',
      'found',
      'name',
      'clients',
      'shape',
      'interface',
      'range',
      'port',
      'relay',
      'rehearse',
      'apply',
    ]);
    expect(talk.world.answers).toMatchObject({ interface: 'wg1', port: 51821, relay: 'c' });
  });

  it('about machines none of which can take part, whether to try them again', () => {
    const hosts = ['router'];
    const found = survey([machine('router', { address: '192.168.1.1/24', apt: false })]);
    const { asked, talk } = converse({ hosts, found }, undefined, 3);
    expect(asked).toEqual(['machines', 'leaveOut', 'leaveOut']);
    expect(talk.world.answers.leaveOut).toEqual([]);
  });

  it('about machines that can’t take part, and nothing more of those', () => {
    const { asked } = converse(BROKEN, undefined, 2);
    expect(asked).toEqual(['machines', 'leaveOut']);
  });

  it('nothing about the network if there is an inventory', () => {
    const { asked } = converse(S3, start({ existing: INVENTORY }));
    expect(asked).toEqual(['existing', 'rehearse', 'apply']);
  });

  it('about machines that are added to an inventory only what it does not say', () => {
    expect(converse(ADDED).asked).toEqual([
      'existing',
      'network',
      'machines',
      'hostKeys',
      'found',
      'forwards',
      'forwarded',
      'rehearse',
      'apply',
    ]);
    expect(converse(ADDED).talk.world.answers.machines).toEqual(['wk-1', 'wk-2']);
    expect(converse(APART).asked).toContain('relay');
  });

  it('with what was found again after a correction', () => {
    const { asked, talk } = converse(CORRECTED);
    expect(asked.slice(0, 8)).toEqual([
      'machines',
      'found',
      'names',
      'found',
      'sites',
      'found',
      'public',
      'found',
    ]);
    const { nodes, sites } = draftOf(talk.world);
    expect(nodes.map(({ name }) => name)).toEqual(['azure', 'node-a']);
    expect(sites).toMatchObject([{ name: 'flat', publicAddresses: ['203.0.113.9'] }]);
  });
});

describe('the inventory that comes of it', () => {
  it.each([
    ['four machines', S3],
    ['a phone', S0],
    ['two homes', TWO_HOMES],
    ['two hubs', TWO_HUBS],
    ['corrected', CORRECTED],
  ])('is valid: %s', (_name, one) => {
    const { talk } = converse(one);
    const text = inventoryText(draftOf(talk.world));
    const { inventory, warnings } = resolveDocument(parseYaml('inventory.yaml', text));
    expect(warnings).toEqual([]);
    expect(inventory.nodes).toHaveLength(one.found.surveyed.length);
  });

  it('has the phone as a client of the hub, which reaches the LAN', () => {
    const draft = draftOf(converse(S0).talk.world);
    expect(draft.networks[0]).toMatchObject({
      shape: 'hub',
      hubs: ['vps'],
      advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24'] }],
      clients: [{ name: 'phone', addresses: ['10.86.0.3'] }],
      members: [
        { node: 'vps', addresses: ['10.86.0.1'] },
        { node: 'node-a', addresses: ['10.86.0.2'] },
      ],
    });
  });
});

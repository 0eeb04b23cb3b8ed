import { nodeQuestion } from '../../../../../src/layers/edge/gates/app/node/node.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { contextOf } from './healthy.js';

const needs = async (on: string, changes: Parameters<typeof hybridEdge>[0] = {}, proxy = 'traefik') => {
  const whole = await hybridEdge(changes);
  const edges = whole.edges.map((edge) => ({ ...edge, proxy: proxy as typeof edge.proxy }));
  const inventory = { ...whole, edges };
  const node = inventory.nodes.find(({ name }) => name === on);
  if (node === undefined) throw new Error(`no node ${on}`);
  return nodeQuestion(contextOf(inventory, {}), node).packets.needs;
};

describe('app: an edge is not asked in vain in a first look', () => {
  it('as long as its proxy has no file of an app', async () => {
    expect(await needs('vps', { films: undefined, start: undefined })).toEqual([
      '/etc/bridgehead/proxy/apps/photos.yml',
      '/etc/bridgehead/proxy/apps/vault.yml',
    ]);
    const tcp = { kind: 'tcp', listen: 25_565 } as const;
    expect(await needs('vps', { films: undefined, start: undefined, vault: tcp })).toEqual([
      '/etc/bridgehead/proxy/apps/photos.yml',
      '/etc/bridgehead/proxy/ports/vault/app.yml',
    ]);
  });

  it('whatever its proxy is', async () => {
    expect(await needs('vps', { films: undefined, vault: undefined, start: undefined }, 'caddy')).toEqual([
      '/etc/bridgehead/proxy/apps/photos.caddy',
    ]);
  });

  it('but the node of the apps is asked at any time', async () => {
    expect(await needs('home-1')).toEqual([]);
  });
});

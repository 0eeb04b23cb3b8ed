import { endpoints } from '../../../../src/layers/wireguard/gates/endpoints.js';
import { ping } from '../../../../src/layers/wireguard/gates/ping.js';
import { transfer } from '../../../../src/layers/wireguard/gates/transfer.js';
import { gateContext, INVENTORY, NETWORK, nodeOf, scriptOf } from './fixture.js';

const OWN = new Set(['wk-1', 'ctb-edge-1']);
const names = INVENTORY.nodes.map(({ name }) => name);
const context = gateContext({}, { counts: (from) => OWN.has(from), measured: names });

/** Data lines of a probe that begin with a word. */
const data = (probe: string, word: string): string[] =>
  probe.split('\n').filter((line) => line.startsWith(`${word} `));

describe.each(names)('on %s, among shards', (name) => {
  const own = OWN.has(name);
  const members = NETWORK.members.length;

  it('ping asks for the pairs that are the run’s own, and for no other', () => {
    expect(data(scriptOf(ping, context, nodeOf(name)), 'ping')).toHaveLength(own ? members - 1 : 0);
  });

  it('transfer sends for its own pairs, and serves those of its own that come here', () => {
    const probe = scriptOf(transfer, context, nodeOf(name));
    expect(data(probe, 'send')).toHaveLength(own ? members - 1 : 0);
    expect(data(probe, 'serve')).toHaveLength([...OWN].filter((from) => from !== name).length);
  });

  it('endpoints asks for its own pairs, and listens for those of its own that come here', () => {
    const probe = scriptOf(endpoints, context, nodeOf(name));
    expect(data(probe, 'send').length > 0).toBe(own);
    const askers = data(probe, 'expect').map((line) => line.split(' ').at(-1));
    expect(askers.filter((from) => !OWN.has(String(from)))).toEqual([]);
    expect(askers.length).toBeGreaterThan(0);
  });
});

it('a lane’s port goes to every node alike', () => {
  const ports = names.map((name) =>
    data(scriptOf(transfer, { ...context, lane: { index: 2, of: 3 } }, nodeOf(name)), 'port'),
  );
  expect(new Set(ports.flat()).size).toBe(1);
  expect(ports[0]).not.toEqual(data(scriptOf(transfer, context, nodeOf('wk-1')), 'port'));
});

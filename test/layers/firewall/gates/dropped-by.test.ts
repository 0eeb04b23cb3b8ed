import { type DroppedByParams, droppedByPlan } from '../../../../src/layers/firewall/gates/dropped-by.js';
import { probesOf } from '../../../../src/layers/firewall/gates/probing/probes.js';
import { resolve } from '../../../inventory/support.js';
import { contextOf, dropped, isDropped, passes, wrongIn } from './world.js';

const context = () => contextOf({ from: 'wk-2', to: 'wk-1', port: '8123/tcp' });

const rules = (counter: string): readonly string[] =>
  `table inet fence {
chain input {
type filter hook input priority filter; policy accept;
tcp dport { 1-100 } drop # handle 2
ip daddr @unknown tcp dport 8123 counter${counter} drop # handle 4
}
}`.split('\n');
const now = (counter = ''): readonly string[] => rules(counter).map((line) => `nft ${line}`);
const was = (counter: string): readonly string[] => rules(counter).map((line) => `was nft ${line}`);

const seenIn = (lines: readonly string[]) =>
  dropped({ context: context(), fate: isDropped, rules: { 'wk-1': lines } })
    .findings.filter(({ go }) => !go)
    .map(({ seen }) => seen);

describe('dropped-by', () => {
  it('is GO if the packet passes', () => {
    const verdict = dropped({ context: context(), fate: (probe) => passes(probe) });
    expect(wrongIn(verdict)).toEqual([]);
  });

  it('sends from the node that it is asked about, of however many', () => {
    const nodes = Array.from({ length: 9 }, (_, i) => `n-${i + 1}`);
    const { inventory } = resolve(
      `name: many\nnodes:\n${nodes.map((node, i) => `  ${node}: { public: 198.51.100.${i + 1} }\n`).join('')}firewall: [{ on: n-1, allow: [ssh] }]\n`,
    );
    const changes = { inventory, measured: nodes };
    const asked = contextOf<DroppedByParams>({ from: 'n-9', to: 'n-1' }, changes);
    const senders = (context: typeof asked) =>
      [...probesOf(context, droppedByPlan(context))].flatMap(([from, probes]) =>
        probes.length > 0 ? [from] : [],
      );
    expect(senders(asked)).toEqual(['n-9']);
    expect(senders(contextOf({ to: 'n-1' }, changes))).toHaveLength(6);
  });

  it('sends each port once, whatever number of rules is about it', () => {
    const { inventory } = resolve(`name: twice
nodes: { a: { public: 198.51.100.1 }, b: { public: 198.51.100.2 } }
firewall:
  - { on: b, allow: [ssh, 80/tcp, { port: 80/tcp, from: a }] }
  - { on: b, allow: [80-90/tcp] }
`);
    const asked = contextOf<DroppedByParams>({}, { inventory, measured: ['a', 'b'] });
    const ports = probesOf(asked, droppedByPlan(asked)).get('a') ?? [];
    expect(ports.map(({ port, must }) => [port, must]).sort()).toEqual([
      [22, true],
      [80, true],
      [90, true],
    ]);
  });

  const RULE = 'table inet fence, chain input, rule 2: ip daddr @unknown tcp dport 8123 drop';

  it('takes the rule from the trace', () => {
    const trace =
      'trace tcp 192.168.15.4 8123 inet fence input rule ip daddr @unknown tcp dport 8123 counter packets 4 bytes 9 drop (verdict drop)';
    expect(seenIn([...now(' packets 6 bytes 13'), trace])).toContain(
      `dropped by ${RULE} (as the kernel's trace shows)`,
    );
  });

  it('takes it from the counters if there is no trace of this packet', () => {
    const other = 'trace tcp 192.168.15.9 8123 inet fence input policy drop';
    expect(seenIn([...was(' packets 4 bytes 9'), ...now(' packets 6 bytes 13'), other])).toContain(
      `dropped by ${RULE} (its counter rose from 4 to 6)`,
    );
  });

  it('says that it is uncertain if only the rules are known, and one has a condition that is not', () => {
    expect(seenIn(now())).toContain(`dropped by ${RULE} (perhaps: one of its conditions is not known)`);
  });

  it('says so if it is no rule', () => {
    expect(seenIn([])).toContain('it arrives on eth0, and wk-1 drops it, by no rule');
  });

  it('is STOP for a node that the inventory lacks', () => {
    const strange = contextOf({ to: 'wk-9' });
    const verdict = dropped({ context: strange, fate: isDropped });
    expect(wrongIn(verdict)).toEqual([
      'edge -> undefined: a node named wk-9 | the inventory has none | change "to" of the gate to one of edge, wk-1, wk-2',
    ]);
  });
});

import type { KeptRun } from '../../../src/guard/index.js';
import { runsText } from '../../../src/render/commands/undo-text.js';
import { PLAIN } from '../helpers.js';

const tunnel: KeptRun['phases'][number] = {
  phase: 'tunnel',
  outcome: 'confirmed',
  touched: ['/etc/wireguard/wg0.conf', 'unit wg-quick@wg0'],
  interfaces: ['wg0'],
};
const run = (id: string, phases: KeptRun['phases'], over: Partial<KeptRun> = {}): KeptRun => ({
  run: id,
  since: '2026-11-21T10:15:00Z',
  undone: false,
  phases,
  ...over,
});

it('lists runs newest first, nodes with the same changes together', () => {
  const first = run('20261121-101500-aaaaaa', [
    { phase: 'kernel', touched: ['/a', '/b', '/c', 'sysctl net.x', 'sysctl net.y', 'sysctl net.z'] },
    tunnel,
  ]);
  const second = run('20261121-111500-bbbbbb', [tunnel], { since: '2026-11-21T11:15:09Z', undone: true });
  const nodes = [
    { node: 'wk-1', runs: [first, second] },
    { node: 'wk-2', runs: [first] },
    { node: 'ms-1', runs: [run('20261121-101500-aaaaaa', [{ ...tunnel, outcome: 'reverted' }])] },
  ];
  expect(runsText(nodes, PLAIN, 80)).toBe(`20261121-111500-bbbbbb  2026-11-21 11:15 UTC
  wk-1  tunnel (undone): /etc/wireguard/wg0.conf, unit wg-quick@wg0, interface
          wg0

20261121-101500-aaaaaa  2026-11-21 10:15 UTC
  wk-1, wk-2  kernel: /a, /b, /c, sysctl net.x, and 2 more
              tunnel: /etc/wireguard/wg0.conf, unit wg-quick@wg0, interface wg0
  ms-1        tunnel (reverted by the guard): /etc/wireguard/wg0.conf, unit
                wg-quick@wg0, interface wg0
`);
});

it('says so if nothing was kept', () => {
  expect(runsText([{ node: 'a', runs: [] }], PLAIN, 80)).toBe('the nodes have kept no run\n');
});

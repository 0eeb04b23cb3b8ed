import { labStatusText } from '../../../src/render/commands/lab-status.js';
import { PLAIN } from '../helpers.js';

const machine = (node: string, state: string, failedUnits: string[] = []) =>
  ({ node, release: 'bookworm', state, failedUnits }) as const;

it.each([
  ['down', { name: 'home', state: 'down', machines: [] }, 'lab home: down\n'],
  [
    'up, with a failed unit, from an inventory that has changed',
    {
      name: 'home',
      state: 'up',
      since: '2026-01-01T12:00:00.000Z',
      current: false,
      machines: [machine('ms-1', 'running'), machine('ctb-edge-1', 'degraded', ['ssh.service'])],
    },
    [
      'lab home: up since 2026-01-01T12:00:00.000Z',
      '  the inventory has changed since the lab was built: run lab down, then lab up',
      '  ms-1        bookworm  running',
      '  ctb-edge-1  bookworm  degraded  failed: ssh.service',
      '',
    ].join('\n'),
  ],
  [
    'dead',
    { name: 'home', state: 'dead', machines: [] },
    'lab home: dead\n  its processes are gone; `bridgehead lab down` clears what they left behind\n',
  ],
] as const)('%s', (_name, status, text) => {
  expect(labStatusText(status, PLAIN)).toBe(text);
});

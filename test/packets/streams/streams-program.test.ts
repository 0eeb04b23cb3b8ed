import { readStreams, streamsData } from '../../../src/packets/streams/streams-program.js';

it('says where streams lead', () => {
  expect(
    streamsData({
      interval: 0.02,
      control: '/run/streams',
      config: '/home/ssh_config',
      targets: [
        { id: 0, group: 0, before: true, awaited: true, way: { kind: 'tcp', address: 'fd00::1' } },
        { id: 2, group: 1, before: false, awaited: true, way: { kind: 'ssh', name: 'wk-1' } },
      ],
    }),
  ).toBe(
    [
      'interval 0.02',
      'control /run/streams',
      'port 7',
      'config /home/ssh_config',
      'stream 0 0 1 1 tcp fd00::1',
      'stream 2 1 0 1 ssh wk-1',
      '',
    ].join('\n'),
  );
});

it('reads what they went through', () => {
  const { change, settled, events } = readStreams(
    [
      'open 0 10.000',
      'change 11.000',
      'gap 0 12.000 13.000 13.500',
      'end 0 14.000 connection reset by peer',
      'open 0 15.000',
      'settled 20.000',
      'last 0 21.000 0.000',
      '',
    ].join('\n'),
  );
  expect([change, settled]).toEqual([11, 20]);
  expect(events.get(0)).toEqual([
    { kind: 'open', at: 10 },
    { kind: 'gap', last: 12, reached: 13, resumed: 13.5 },
    { kind: 'end', last: 14, why: 'connection reset by peer' },
    { kind: 'open', at: 15 },
    { kind: 'last', last: 21, reached: undefined },
  ]);
});

import { renumberText } from '../../../src/render/commands/renumber-text.js';

const move = (name: string, kind: 'node' | 'client' | 'unmanaged', from: string, to: string) => ({
  path: [],
  from,
  to,
  owner: { name, kind },
});

it('shows what each has before and after, both families together, and who has to do something for it', () => {
  const ranges = [
    { from: '10.8.0.0/24', to: '10.9.0.0/24' },
    { from: 'fd42:8::/64', to: 'fd42:9::/64' },
  ];
  const moves = [
    { path: ['range'], from: '10.8.0.0/24', to: '10.9.0.0/24' },
    move('vps', 'node', '10.8.0.1', '10.9.0.1'),
    move('phone', 'client', '10.8.0.200', '10.9.0.200'),
    move('office', 'unmanaged', '10.8.0.9/32', '10.9.0.9/32'),
    move('vps', 'node', 'fd42:8::1', 'fd42:9::1'),
  ];
  expect(
    renumberText({ network: 'home', ranges, moves }),
  ).toBe(`home: 10.8.0.0/24 -> 10.9.0.0/24, fd42:8::/64 -> fd42:9::/64
  vps     10.8.0.1     ->  10.9.0.1
          fd42:8::1    ->  fd42:9::1
  phone   10.8.0.200   ->  10.9.0.200   must scan a new code
  office  10.8.0.9/32  ->  10.9.0.9/32  must be given it by whoever runs it

`);
});

it('shows what a client may reach then', () => {
  const ranges = [{ from: '10.8.0.0/24', to: '10.9.0.0/24' }];
  const path = ['networks', 'home', 'clients', 'phone', 'reach', 0];
  const moves = [
    { path: ['networks', 'home', 'range', 0], from: '10.8.0.0/24', to: '10.9.0.0/24' },
    move('vps', 'node', '10.8.0.1', '10.9.0.1'),
    { path, from: '10.8.0.16/28', to: '10.9.0.16/28' },
  ];
  expect(renumberText({ network: 'home', ranges, moves })).toBe(
    `home: 10.8.0.0/24 -> 10.9.0.0/24
  vps            10.8.0.1      ->  10.9.0.1
  phone's reach  10.8.0.16/28  ->  10.9.0.16/28

`,
  );
});

it('says so where no address changes', () => {
  const ranges = [{ from: '10.8.0.0/24', to: '10.8.0.0/23' }];
  expect(renumberText({ network: 'home', ranges, moves: [] })).toBe(
    'home: 10.8.0.0/24 -> 10.8.0.0/23\n  every address stays\n\n',
  );
});

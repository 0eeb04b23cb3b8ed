import { replaceTexts } from '../../../src/document/edit/replace.js';

const TEXT = `# ours
net:
    range:   [ 10.8.0.0/24, "fd42:8::/64" ] # both
    addresses: { vps: '10.8.0.1', gw: [10.8.0.3,
      "fd42:8::3"] }
    # theirs
    clients:
        phone:
          address:
            - 10.8.0.2   # Anna's
            - fd42:8::2
`;

it('replaces texts in place, and leaves every other byte', () => {
  const edited = replaceTexts('i.yaml', TEXT, [
    { path: ['net', 'range', 0], by: '10.99.0.0/16' },
    { path: ['net', 'range', 1], by: 'fd42:9::/64' },
    { path: ['net', 'addresses', 'vps'], by: '10.99.0.1' },
    { path: ['net', 'addresses', 'gw', 1], by: 'fd42:9::3' },
    { path: ['net', 'clients', 'phone', 'address', 0], by: '10.99.0.2' },
    { path: ['net', 'clients', 'phone', 'address', 1], by: 'fd42:9::2' },
  ]);
  expect(edited).toBe(
    TEXT.replaceAll('fd42:8:', 'fd42:9:')
      .replace('10.8.0.0/24', '10.99.0.0/16')
      .replace('10.8.0.1', '10.99.0.1')
      .replace('10.8.0.2', '10.99.0.2'),
  );
});

it('quotes what would mean something else', () => {
  const edited = replaceTexts('i.yaml', 'a: { b: x, c: y }\nd: z\n', [
    { path: ['a', 'b'], by: '[fd01::1]:80' },
    { path: ['a', 'c'], by: '10.0' },
    { path: ['d'], by: 'e: f' },
  ]);
  expect(edited).toBe('a: { b: "[fd01::1]:80", c: "10.0" }\nd: "e: f"\n');
});

it('follows an anchor, and refuses an alias', () => {
  const text = 'a: &here 10.8.0.1 # a\nb: *here\n';
  expect(replaceTexts('i.yaml', text, [{ path: ['a'], by: '10.9.0.1' }])).toBe(
    text.replace('10.8.0.1', '10.9.0.1'),
  );
  expect(() =>
    replaceTexts('i.yaml', `${text}c: *here\n`, [
      { path: ['b'], by: '10.9.0.1' },
      { path: ['c'], by: '10.9.0.1' },
    ]),
  ).toThrow(
    'i.yaml  b: is a YAML alias, which cannot be edited; write out the values\ni.yaml  c: is a YAML alias',
  );
});

it('finds names of digits, as they are written', () => {
  const text = 'nodes: { 2: [10.8.0.2], 010: 10.8.0.8, "3": 10.8.0.3 }\n';
  const edited = replaceTexts('i.yaml', text, [
    { path: ['nodes', '2', 0], by: '10.9.0.2' },
    { path: ['nodes', '010'], by: '10.9.0.8' },
    { path: ['nodes', '3'], by: '10.9.0.3' },
  ]);
  expect(edited).toBe(text.replaceAll('10.8.', '10.9.'));
});

it('names an alias further up, and what is no alias otherwise', () => {
  const text = 'a: &all { x: 10.8.0.1 }\nb: *all\nc: [1]\n';
  expect(() =>
    replaceTexts('i.yaml', text, [
      { path: ['b', 'x'], by: '10.9.0.1' },
      { path: ['c'], by: '10.9.0.1' },
    ]),
  ).toThrow(
    'i.yaml  b.x: is a YAML alias, which cannot be edited; write out the values\ni.yaml  c: is not a text; write it as plain text',
  );
});

import { findTopic, meaningOf, topicNames } from '../../../src/app/explain/topics.js';

it.each([
  ['E_LOCKED', 'error', 'E_LOCKED'],
  ['e_locked', 'error', 'E_LOCKED'],
  ['locked', 'error', 'E_LOCKED'],
  ['handshake', 'gate', 'handshake'],
  ['Path-MTU', 'gate', 'path-mtu'],
  ['130', 'exit', '130'],
  ['allowedips', 'word', 'AllowedIPs'],
])('%s is the %s %s', (typed, kind, name) => {
  expect(findTopic(typed)).toMatchObject({ kind, name });
});

it.each([
  ['E_LOKED', 'E_LOCKED'],
  ['lockd', 'E_LOCKED'],
  ['handshakes', 'handshake'],
])('names the nearest of %s', (typed, near) => {
  expect(() => findTopic(typed)).toThrow(
    expect.objectContaining({
      code: 'E_USAGE',
      details: expect.objectContaining({
        fix: `did you mean \`bridgehead explain ${near}\`? \`bridgehead explain\` lists them all`,
      }),
    }),
  );
});

it('names nothing if nothing is near, and reads no other file', () => {
  for (const typed of ['../../package', '9', 'E_', ''])
    expect(() => findTopic(typed)).toThrow(/^no error code, gate, exit code or word of the glossary "/);
});

it('finds every name that it lists', () => {
  expect(topicNames().length).toBeGreaterThan(50);
  for (const name of topicNames()) expect(findTopic(name).name.toLowerCase()).toBe(name.toLowerCase());
});

it('takes the first paragraph for the meaning', () => {
  expect(meaningOf('# X\n\nIt is\nlong. Two.\n\n## More\n')).toBe('It is long. Two.');
});

import { cdCommand, typedPath } from '../../../src/app/terminal/typed-path.js';

it.each([
  ['/home/me/a', '/home/me/a/b/c', 'b/c'],
  ['/home/me/a/b/c', '/home/me/network', '~/network'],
  ['/home/me/network/x/y', '/home/me/network', '~/network'],
  ['/home/me', '/home/me', '~'],
  ['/home/me', '/home/me/..a', '..a'],
  ['/home/me', '/home/mel', '/home/mel'],
  ['/srv', '/etc/x', '/etc/x'],
])('in %s, %s is typed as %s', (cwd, path, typed) => {
  expect(typedPath(path, { cwd, env: { HOME: '/home/me' } })).toBe(typed);
});

it('without a home folder is absolute', () => {
  expect(typedPath('/root/x', { cwd: '/srv', env: {} })).toBe('/root/x');
});

it.each([
  ['~/network', 'cd ~/network'],
  ["~/it's mine", "cd ~/'it'\\''s mine'"],
  ['~', 'cd ~'],
  ['a b', "cd 'a b'"],
])('a shell goes to %s by %s', (typed, command) => {
  expect(cdCommand(typed)).toBe(command);
});

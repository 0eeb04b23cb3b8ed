import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a lab test says what its inventory is called: in its text, by a helper, or as a value. */
const NAMINGS = [
  /(?<=['"`])name: ([a-z][\w-]*)(?=\\n|\n|['"`](?!, '))/g,
  /set\('name', '([\w-]+)'\)/g,
  /write(?:Example|PhoneHome|DualHome)\([^)]*'([\w-]+)'\)/g,
  /new World\([^)]*, '([\w-]+)',/g,
];

const files = readdirSync('test/lab', { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.test.ts') && !path.startsWith('tailnet/'),
);
const namesIn = (path: string): string[] => {
  const text = readFileSync(join('test/lab', path), 'utf8');
  return NAMINGS.flatMap((naming) => [...text.matchAll(naming)].map(([, name = '']) => name));
};

it('no two files of the lab suite, which may run at once, call a lab the same', () => {
  const users = new Map<string, Set<string>>();
  for (const path of files)
    for (const name of namesIn(path)) users.set(name, (users.get(name) ?? new Set()).add(path));
  expect(users.size).toBeGreaterThan(25);
  expect([...users].filter(([, paths]) => paths.size > 1).map(([name, paths]) => [name, ...paths])).toEqual(
    [],
  );
});

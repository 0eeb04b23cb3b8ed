import { readdirSync, readFileSync } from 'node:fs';
import { answersSchema } from '../../../src/app/provision/dialogue/answers.js';
import { QUESTIONS } from '../../../src/app/provision/dialogue/questions.js';

const page = readFileSync('docs/provision.md', 'utf8');

it('docs/provision.md has every question, in order', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| .* \|$/gm)].map(([, key]) => key);
  expect(rows).toEqual(QUESTIONS.map(({ key }) => key));
});

it('schemas/answers.schema.json is that of the questions', () => {
  expect(JSON.parse(readFileSync('schemas/answers.schema.json', 'utf8'))).toEqual(answersSchema());
});

it.each(readdirSync('docs/screens').filter((file) => /^provision-/.test(file)))(
  'docs/screens/%s is linked, and as wide as it says',
  (file) => {
    const width = Number(/-(\d+)\.txt$/.exec(file)?.[1]);
    expect(page).toContain(`(screens/${file})`);
    for (const line of readFileSync(`docs/screens/${file}`, 'utf8').split('\n'))
      expect([...line].length).toBeLessThanOrEqual(width);
  },
);

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PAGES } from './pages.js';

const pages = [...PAGES, 'ARCHITECTURE.md', 'CONTRIBUTING.md'];

const prose = (page: string) => readFileSync(page, 'utf8').replaceAll(/```.*?```/gs, '');

/** The anchors that GitHub makes of a page's headings. */
function anchors(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Links of a page to files and headings of this repository that aren't there. */
function deadLinks(page: string): string[] {
  return [...prose(page).matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)].flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    const isThere = existsSync(target) && (anchor === undefined || anchors(target).includes(anchor));
    return isThere ? [] : [`${page}: ${link}`];
  });
}

it('every link in the pages leads to a file, and to a heading of it', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap(deadLinks)).toEqual([]);
});

it('the glossary is in alphabetical order', () => {
  const [, ...words] = anchors('docs/glossary.md');
  expect(words).toEqual(words.toSorted());
});

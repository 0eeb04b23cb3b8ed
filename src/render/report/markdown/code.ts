/** Characters of one text on one line. */
const LONGEST = 500;

/**
 * A text as code on one line: nothing in it is a heading, a link, a picture, HTML, the end of a table's cell, or a mention of
 * somebody.
 */
export function code(text: string): string {
  const line = shortened(text.replace(/\s+/g, ' ').trim());
  if (line === '') return '';
  // Tables are split at bars before code is looked for.
  if (line.includes('|')) return `<code>${entities(line)}</code>`;
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

const WORDS = /^(?:[\p{L}\p{N} ,.;()-]|:(?= |$))*$/u;

/** Text as it is if it can only be read as words, with the parts in backquotes as code; else all of it as code. */
export function prose(text: string): string {
  const parts = text.split(/`([^`]+)`/);
  const isPlain =
    /^(?:\p{L}|\p{N}+ )/u.test(text) &&
    text.length <= LONGEST &&
    parts.every((part, index) => index % 2 === 1 || (WORDS.test(part) && !/www\.|[ ]{2}/i.test(part)));
  return isPlain ? parts.map((part, index) => (index % 2 === 1 ? code(part) : part)).join('') : code(text);
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

/** Every character that means something in Markdown or HTML as a number, and none that a link could begin with. */
const entities = (text: string): string =>
  text.replace(/[^\p{L}\p{N} ,.;/-]|\.(?<=www\.)/giu, (character) => `&#${character.codePointAt(0)};`);

/** A text of several lines as a block of code; `language` colours it. */
export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);

/** Rows as a table; its cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What is shown only on request; the summary must need no escaping. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

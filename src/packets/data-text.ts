import type { DataLine } from './program.js';

/** Data lines as a program reads them. Throws TypeError for a word that it could not read back. */
export function dataText(lines: readonly DataLine[]): string {
  return lines.map((words) => `${words.map(dataWord).join(' ')}\n`).join('');
}

export function dataWord(word: string | number): string {
  const text = String(word);
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError(`not a data word: ${JSON.stringify(text)}`);
  return text;
}

import { quote } from '../remote/quote.js';

/** Words as one would type them, quoted only where needed. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word))).join(' ');
}

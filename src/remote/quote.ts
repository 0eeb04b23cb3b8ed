/** Quotes one word for any POSIX shell: `it's` becomes `'it'\''s'`. A NUL cannot be passed and throws. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a NUL byte cannot be passed to a shell');
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Quotes each word and joins them with spaces. */
export function command(...words: readonly (string | number)[]): string {
  return words.map((word) => quote(String(word))).join(' ');
}

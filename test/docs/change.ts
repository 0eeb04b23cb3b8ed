/** A file after the change that a page shows: lines with `+` are added, with `-` removed, all others are there already. */
export function changed(text: string, change: readonly string[]): string {
  const pieces = change
    .join('\n')
    .split(/^@@.*\n/m)
    .filter((piece) => piece.trim() !== '');
  return pieces.reduce((before, piece) => {
    const without = (sign: string) =>
      piece
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join('');
    const [old, wanted] = [without('+'), without('-')];
    if (before.split(old).length !== 2)
      throw new Error(`these lines are not in the file exactly once:\n${old}`);
    return before.replace(old, () => wanted);
  }, text);
}

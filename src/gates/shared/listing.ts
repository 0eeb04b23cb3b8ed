export interface Listing {
  /** POSIX sh that prints the lines. */
  readonly source: string;
  /** What is told of each, its words in the variables that `words` names; the whole line when left out. */
  readonly columns?: { readonly words: string; readonly told: string };
  /** Words put before each line. */
  readonly prefix: string;
  /** Lines that are told at most. */
  readonly limit: number;
  /** Said in the place of those above the limit. */
  readonly more: string;
}

/** The lines of a variable as the source of a listing. */
export const linesOf = (variable: string): string => `[ -z "$${variable}" ] || printf '%s\\n' "$${variable}"`;

const WHOLE = { words: 'line', told: '$line' };

/** POSIX sh that tells a command's lines, without another program. */
export function listing({ source, columns = WHOLE, prefix, limit, more }: Listing): string {
  return `${source} 2>/dev/null | {
count=0
while read -r ${columns.words}; do
count=$((count + 1))
[ "$count" -le ${limit} ] || { echo "${more}"; break; }
echo "${prefix} ${columns.told}"
done
}`;
}

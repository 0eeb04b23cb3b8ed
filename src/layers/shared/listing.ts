export interface Listing {
  /** POSIX sh that prints the lines; what it says on standard error is dropped. */
  readonly source?: string;
  /** sh variable that holds them, in the place of a source. */
  readonly variable?: string;
  /** What is told of each, its words in the variables that `words` names; the whole line when left out. */
  readonly columns?: { readonly words: string; readonly told: string };
  /** Words put before each line. */
  readonly prefix: string;
  /** Lines that are told at most. */
  readonly limit: number;
  /** Said in the place of those above the limit. */
  readonly more: string;
}

const WHOLE = { words: 'line', told: '$line' };

/** POSIX sh that tells a command's lines, or a variable's, without another program. */
export function listing({ source, variable, columns = WHOLE, prefix, limit, more }: Listing): string {
  const loop = `while read -r ${columns.words}; do
count=$((count + 1))
[ "$count" -le ${limit} ] || { echo "${more}"; break; }
echo "${prefix} ${columns.told}"
done`;
  if (variable === undefined) return `${source} 2>/dev/null | {\ncount=0\n${loop}\n}`;
  return `count=0
[ -z "$${variable}" ] || ${loop} <<BRIDGEHEAD_LINES
$${variable}
BRIDGEHEAD_LINES`;
}

export interface Listing {
  /** POSIX sh that prints the lines; what it says on standard error is dropped. */
  readonly source?: string;
  /** sh variable that holds them, in the place of a source. */
  readonly variable?: string;
  /** What is printed of each, its words in the variables that `words` names; all of the line when left out. */
  readonly columns?: { readonly words: string; readonly shown: string };
  /** Words put before each line. */
  readonly prefix: string;
  /** Lines that are printed at most. */
  readonly limit: number;
  /** Said in the place of those above the limit. */
  readonly more: string;
}

const WHOLE = { words: 'line', shown: '$line' };

/** POSIX sh that prints a command's lines, or a variable's, without another program. */
export function listing({ source, variable, columns = WHOLE, prefix, limit, more }: Listing): string {
  const loop = `while read -r ${columns.words}; do
count=$((count + 1))
[ "$count" -le ${limit} ] || { echo "${more}"; break; }
echo "${prefix} ${columns.shown}"
done`;
  if (variable === undefined) return `${source} 2>/dev/null | {\ncount=0\n${loop}\n}`;
  return `count=0
[ -z "$${variable}" ] || ${loop} <<BRIDGEHEAD_LINES
$${variable}
BRIDGEHEAD_LINES`;
}

import { quote } from '../../remote/quote.js';

export interface Listing {
  /** POSIX sh that prints the lines. */
  readonly source: string;
  /** What is printed of each: an expression of awk; the whole line when left out. */
  readonly columns?: string;
  /** Words put before each line. */
  readonly prefix: string;
  /** Lines that are told at most. */
  readonly limit: number;
  /** Said in the place of those above the limit. */
  readonly more: string;
}

/** POSIX sh: a command's lines, in one piece rather than in a packet of the connection for each. */
export function listing({ source, columns = '$0', prefix, limit, more }: Listing): string {
  const program = `NR > ${limit} { print "${more}"; exit } { print "${prefix}", ${columns} }`;
  return `${source} 2>/dev/null | awk ${quote(program)}`;
}

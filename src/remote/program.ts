import frame from './frame.sh';
import { quote } from './quote.js';
import { readAhead } from './reading.js';
import { defineReadings, readingsOf, type Sh, textOf } from './script.js';

/** A piece of POSIX sh that reads or changes one thing on a node. Its standard input is empty. */
export interface Fragment {
  /** Letters, digits, `.`, `-`, `_`: unique within a program. */
  readonly id: string;
  readonly script: Sh;
  /** Ends the program if the fragment fails; later fragments then don't run. */
  readonly required?: boolean;
  /** It changes nothing, so what it reads may be shared with adjacent fragments that don't either. */
  readonly readOnly?: boolean;
}

/** What one fragment answered. */
export interface FragmentReply {
  readonly id: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** When its program was sent, and when its answer was complete, by our clock: milliseconds since 1970. */
  readonly between?: readonly [sent: number, answered: number];
}

export interface ProgramOptions {
  /** Buffers the output and sends it in large pieces at the end: every small write is a packet of the connection. */
  readonly gathered?: boolean;
}

/** POSIX dd only fills its output blocks if their size differs from that of its input blocks. */
const GATHERED =
  '{ bridgehead_main 2>&1 >&3 3>&- | dd obs=65536 >&2 2>/dev/null 3>&-; } 3>&1 | dd obs=65536 2>/dev/null';

const ID = /^[A-Za-z0-9._-]+$/;

/** Marks a line of the framed reply; `nonce` keeps a remote file from imitating it. */
export function frameMark(nonce: string): string {
  return `\n@${nonce} `;
}

/**
 * Compiles fragments into one program for `sh -s`.
 *
 * The program is one function that is called on its last line, so that a program cut off on its way does nothing.
 * Each fragment is `eval`ed in a subshell: neither a syntax error nor `exit` in one affects the next. Its end mark is printed along
 * with the next one's beginning: every write is a packet of the connection.
 */
export function buildProgram(
  fragments: readonly Fragment[],
  nonce: string,
  { gathered = false }: ProgramOptions = {},
): string {
  const ids = new Set<string>();
  const before = readAhead(fragments);
  const readings = new Map(fragments.flatMap(({ script }) => [...readingsOf(script)]));
  const calls = fragments.flatMap(({ id, required, script }, index) => {
    if (!ID.test(id) || ids.has(id))
      throw new TypeError(`fragment id ${JSON.stringify(id)} is malformed or repeated`);
    ids.add(id);
    return [
      ...(before[index] ?? []),
      `bridgehead_fragment ${id} ${required ? 1 : 0} ${quote(textOf(script))}`,
    ];
  });
  return `bridgehead_nonce=${quote(nonce)}
${frame}${defineReadings(readings)}bridgehead_main() {
bridgehead_begin
${calls.join('\n')}
bridgehead_mark done
}
${gathered ? GATHERED : 'bridgehead_main'}
`;
}

import type { FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { END_LINE } from '../remote/reply-lines.js';
import { dataText, dataWord } from './data-text.js';
import driver from './driver.pl';
import prelude from './prelude.pl';
import type { PacketProgram } from './program.js';

export interface PlacedProgram {
  /** Letters, digits, `.`, `-`, `_`. */
  readonly id: string;
  readonly program: PacketProgram;
  /** Seconds that what comes before it on the node may take: a two-sided program waits that long for nodes still busy with it. */
  readonly earlier: number;
}

const ENDED = /^@@ end (\S+) (\d+)$/;

/**
 * POSIX sh that runs a node's packet programs.
 *
 * @param token Letters and digits: part of the mark that ends the text for perl.
 * @param haste Leaves out what comes after the first program that has waited in vain, or lacks what it needs.
 */
export function packetScript(programs: readonly PlacedProgram[], token: string, haste = false): string {
  const mark = `BRIDGEHEAD_${token}`;
  const texts = programs.map(({ id, program: { code, data, needs = [] }, earlier }) => {
    const lines = [...data, ...needs.map((path) => ['needs', path])];
    return `@@ program ${dataWord(id)} ${earlier}\n${code}@@ data\n${dataText(lines)}`;
  });
  const without = programs.map(({ id, program }) => `without ${dataWord(id)} ${quote(program.without)}`);
  return `if command -v perl >/dev/null 2>&1; then
BRIDGEHEAD_SHELL=$$ perl - <<'${mark}'
${prelude}$main::end_line = '${END_LINE}';
${haste ? '$main::haste = 1;\n' : ''}${driver}__END__
${texts.join('')}${mark}
else
without() {
( eval "$2" ) && echo ${END_LINE}
set -- "@@ end $1 $?"
echo "$1"
echo "$1" >&2
}
${without.join('\n')}
fi
`;
}

function sections(text: string): Map<string, { readonly text: string; readonly code: number }> {
  const found = new Map<string, { text: string; code: number }>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, id, code] = ENDED.exec(line) ?? [];
    if (id === undefined) lines.push(line);
    else {
      found.set(id, { text: lines.join('\n'), code: Number(code) });
      lines = [];
    }
  }
  return found;
}

/**
 * What each of the programs answered, by id; those that the reply says nothing of have its status and its error text,
 * or are missing if they were left out in haste.
 */
export function packetReplies(
  ids: readonly string[],
  reply: FragmentReply,
): ReadonlyMap<string, FragmentReply> {
  const [stdout, stderr] = [sections(reply.stdout), sections(reply.stderr)];
  const isWhole = !/^@@ haste$/m.test(reply.stdout);
  const asked = isWhole ? ids : ids.filter((id) => stdout.has(id));
  return new Map(
    asked.map((id) => {
      const said = stdout.get(id);
      const answer: FragmentReply = said
        ? { id, code: said.code, stdout: said.text, stderr: stderr.get(id)?.text ?? '' }
        : { id, code: reply.code || 255, stdout: '', stderr: reply.stderr };
      return [id, answer];
    }),
  );
}

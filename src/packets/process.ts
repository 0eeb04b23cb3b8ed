import type { FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { END_LINE } from '../remote/reply-lines.js';
import { PRELUDE } from './prelude.js';
import type { PacketProgram } from './program.js';

export interface PlacedProgram {
  /** Letters, digits, `.`, `-`, `_`. */
  readonly id: string;
  readonly program: PacketProgram;
  /** Seconds that what comes before it on the node may take: a two-sided program waits that long for nodes still busy with it. */
  readonly earlier: number;
}

/**
 * Runs the programs one after the other, each in a child of its own: perl and its modules are loaded once.
 * What a program's end is told by goes to both outputs. After one that has waited in vain, the later ones wait no more
 * than a second; in haste, they are left out.
 */
const DRIVER = String.raw`my (@ids, %placed, $into, $in_vain);
while (my $line = <DATA>) {
    if ($line =~ /^\@\@ program (\S+) (\S+)$/) { push @ids, $1; $placed{$1} = { earlier => $2, code => '', data => '' }; $into = 'code' }
    elsif ($line eq "\@\@ data\n") { $into = 'data' }
    else { $placed{$ids[-1]}{$into} .= $line }
}
$| = 1;
for my $id (@ids) {
    my $pid = fork;
    if (!defined $pid) { print STDERR "fork: $!\n"; $? = 255 << 8 }
    elsif ($pid) { waitpid $pid, 0 }
    else {
        $| = 0;
        $earlier = $placed{$id}{earlier};
        @data = map { [split / /] } split /\n/, $placed{$id}{data};
        $_->[1] = 1 for grep { $in_vain && $_->[0] eq 'patience' && $_->[1] > 1 } @data;
        tell_ipv6();
        eval "$placed{$id}{code}; 1" or die $@;
        exit($unwell ? 3 : 0);
    }
    $in_vain = 1, $? = 0 if $? == 3 << 8;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    print "${END_LINE}\n" if !$status;
    print { $_ } "\@\@ end $id $status\n" for *STDOUT, *STDERR;
    if ($in_vain && $haste) { print "\@\@ haste\n"; last }
}
`;

const ENDED = /^@@ end (\S+) (\d+)$/;

/**
 * POSIX sh that runs a node's packet programs.
 *
 * @param token Letters and digits: part of the mark that ends the text for perl.
 * @param haste Leaves out what comes after the first program that has waited in vain.
 */
export function packetScript(programs: readonly PlacedProgram[], token: string, haste = false): string {
  const mark = `BRIDGEHEAD_${token}`;
  const texts = programs.map(({ id, program: { code, data }, earlier }) => {
    const lines = data.map((words) => `${words.map(dataWord).join(' ')}\n`);
    return `@@ program ${dataWord(id)} ${earlier}\n${code}@@ data\n${lines.join('')}`;
  });
  const without = programs.map(({ id, program }) => `without ${dataWord(id)} ${quote(program.without)}`);
  return `if command -v perl >/dev/null 2>&1; then
BRIDGEHEAD_SHELL=$$ perl - <<'${mark}'
${PRELUDE}${haste ? '$haste = 1;\n' : ''}${DRIVER}__END__
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

function dataWord(word: string | number): string {
  const text = String(word);
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError(`not a data word: ${JSON.stringify(text)}`);
  return text;
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
 * or are missing where they were left out in haste.
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

import type { Command } from 'commander';
import { findTopic, glossary, meanings, type Topic } from '../../app/explain/topics.js';
import { type Io, paintFor } from '../../app/terminal/io.js';
import { ERROR_CODES, EXIT } from '../../core/errors.js';
import type { Paint } from '../../render/colour.js';
import { EXIT_TEXTS } from '../../render/help/exit-texts.js';
import { glossaryText, pageText } from '../../render/help/page-text.js';
import { wrapWords } from '../../render/text.js';
import type { CommandHost } from '../host.js';

/** Characters per line; fewer on a narrower terminal. */
const WIDTH = 100;

export function addExplain(program: Command, host: CommandHost): void {
  program
    .command('explain')
    .argument(
      '[topic]',
      'an error code, a gate, an exit code or a word of the glossary (default: list them all)',
    )
    .option('--no-color', 'plain text without colours')
    .summary('explain an error code, a gate, an exit code or a word')
    .description(
      'Explains an error code or a gate: what it means, how it looks, why it happens and what to do. For an exit code, lists ' +
        'the errors that end in it; for a word, shows its entry in the glossary. Connects to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead explain E_SSH_AUTH',
          'bridgehead explain handshake',
          'bridgehead explain 5',
          'bridgehead explain masquerade',
          'bridgehead explain',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((topic: string | undefined, options: { readonly color: boolean }) =>
      host.act(async (io) => explain(topic, options.color, io)),
    );
}

function explain(typed: string | undefined, colour: boolean, io: Io): number {
  const paint = paintFor(io, 'stdout', colour);
  const width = Math.min(io.stdout.columns || 80, WIDTH);
  io.stdout.write(typed === undefined ? listText(paint, width) : topicText(findTopic(typed), paint, width));
  return EXIT.go;
}

function listText(paint: Paint, width: number): string {
  const { errors, gates } = meanings();
  const exits = Object.entries(EXIT_TEXTS).map(([name, text]): [string, string] => [
    String(EXIT[name as keyof typeof EXIT]),
    text,
  ]);
  const sections = { 'Error codes': errors, Gates: gates, 'Exit codes': exits };
  return Object.entries(sections)
    .map(([heading, rows]) => `${paint.strong(heading)}\n\n${glossaryText(rows, width)}\n`)
    .join('')
    .concat(
      `${paint.strong('Words')}\n\n${wrapWords(`  ${[...glossary().keys()].join(', ')}`, width).join('\n')}\n`,
    );
}

function topicText(topic: Topic, paint: Paint, width: number): string {
  if (topic.kind === 'exit') return exitText(topic.exit, paint, width);
  const text = pageText(topic.page, { paint, width });
  if (topic.kind !== 'error') return text;
  const exit = ERROR_CODES[topic.name];
  return `${text}\nA run with this error exits with ${exit}: bridgehead explain ${exit}\n`;
}

function exitText(exit: keyof typeof EXIT, paint: Paint, width: number): string {
  const code = EXIT[exit];
  const errors = meanings().errors.filter(([name]) => ERROR_CODES[name as keyof typeof ERROR_CODES] === code);
  const head = `${paint.strong(`Exit code ${code}`)}\n\n${EXIT_TEXTS[exit]}\n`;
  const gates = exit === 'stop' ? '\nThe report names the gate: `bridgehead explain GATE`\n' : '';
  if (errors.length === 0) return head + gates;
  return `${head}${gates}\n${paint.strong('Errors that end in it')}\n\n${glossaryText(errors, width)}`;
}

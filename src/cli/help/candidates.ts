import type { Argument, Command, Option } from 'commander';
import { Names, type TypedFiles } from '../../app/completion/names.js';
import { programNames } from '../../app/completion/programs.js';
import { errorCodes, gateNames, glossary } from '../../app/explain/topics.js';
import type { Io } from '../../app/terminal/io.js';
import { FORMATS } from '../../render/report/format-names.js';

/** What the last word may be; `paths`: files or folders too, which the shell completes itself. */
export interface Candidates {
  readonly words: readonly { readonly word: string; readonly about?: string }[];
  readonly paths?: 'files' | 'folders';
}

/** The command line before the word that is being typed. */
interface Typed {
  readonly command: Command;
  readonly options: ReadonlyMap<Option, readonly string[]>;
  readonly args: readonly string[];
  /** The option whose value is being typed. */
  readonly open: Option | undefined;
  /** After `help` there are only commands; after `--`, the words of another program. */
  readonly mode: 'own' | 'help' | 'foreign';
}

/** Completes the last of the words that follow the program's name. */
export function candidatesFor(
  program: Command,
  words: readonly string[],
  io: Pick<Io, 'cwd' | 'env'>,
): Candidates {
  const current = words.at(-1) ?? '';
  const typed = readTyped(program, words.slice(0, -1));
  if (typed.mode === 'foreign') return { words: [], paths: 'files' };
  if (typed.mode === 'help') return { words: matching(subcommandsOf(typed.command), current) };
  const names = new Names(filesOf(typed), io);
  const [, flag = '', value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const assigned = flag === '' ? undefined : optionOf(typed.command, flag);
  if (assigned !== undefined) {
    const { words: found, ...paths } = valuesOf(assigned, value ?? '', names);
    return {
      words: found.map(({ word, about }) => ({ word: `${flag}=${word}`, ...(about && { about }) })),
      ...paths,
    };
  }
  if (typed.open !== undefined) return valuesOf(typed.open, current, names);
  if (current.startsWith('-')) return { words: matching(flagsOf(typed), current) };
  const own = typed.args.length === 0 ? subcommandsOf(typed.command) : [];
  const argument = argumentAt(typed);
  const values: Candidates = argument === undefined ? { words: [] } : valuesOf(argument, current, names);
  const found = [...matching(own, current), ...values.words.filter(({ word }) => !typed.args.includes(word))];
  if (found.length > 0 || values.paths !== undefined) return { ...values, words: found };
  return { words: current === '' ? flagsOf(typed) : [] };
}

function readTyped(program: Command, words: readonly string[]): Typed {
  const options = new Map<Option, string[]>();
  const args: string[] = [];
  let command = program;
  let open: Option | undefined;
  let mode: Typed['mode'] = 'own';
  for (const word of words) {
    if (open !== undefined) {
      options.get(open)?.push(word);
      open = undefined;
    } else if (word === '--') {
      return { command, options, args, open: undefined, mode: 'foreign' };
    } else if (word.startsWith('-')) {
      const [flag = '', ...value] = word.split('=');
      const option = optionOf(command, flag);
      if (option === undefined) continue;
      const values = options.get(option) ?? [];
      options.set(option, value.length === 0 ? values : [...values, value.join('=')]);
      open = option.required && value.length === 0 ? option : undefined;
    } else {
      const below = args.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (word === 'help' && args.length === 0) mode = 'help';
      else if (below === undefined) args.push(word);
      else command = below;
    }
  }
  return { command, options, args, open, mode };
}

function filesOf({ options }: Typed): TypedFiles {
  const of = (long: string): string | undefined =>
    [...options].find(([option]) => option.long === long)?.[1].at(-1);
  const [inventory, playbook, stateDir] = [of('--inventory'), of('--playbook'), of('--state-dir')];
  return { ...(inventory && { inventory }), ...(playbook && { playbook }), ...(stateDir && { stateDir }) };
}

const optionOf = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ long, short }) => flag === long || flag === short);

/** Options that can still be given: once, unless they hold a list. */
function flagsOf({ command, options }: Typed): Candidates['words'] {
  const open = command.options.filter(
    (option) => !option.hidden && (!options.has(option) || Array.isArray(option.defaultValue)),
  );
  const flags = open.map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    about: description,
  }));
  return [...flags, { word: '--help', about: 'show this help' }];
}

const subcommandsOf = (command: Command): Candidates['words'] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), about: one.summary() || one.description() }));

function argumentAt({ command, args }: Typed): Argument | undefined {
  const all = command.registeredArguments;
  return all[args.length] ?? (all.at(-1)?.variadic === true ? all.at(-1) : undefined);
}

/** The values of an option or argument, by the name of the placeholder in its help. */
function valuesOf(of: Option | Argument, current: string, names: Names): Candidates {
  if (of.argChoices !== undefined) return { words: matching(plain(of.argChoices), current) };
  const place = 'flags' in of ? (/<(.+)>/.exec(of.flags)?.[1] ?? '') : of.name();
  const isList = Array.isArray(of.defaultValue);
  const before = isList ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  const chosen = before.split(',');
  const { words, paths } = PLACES[place]?.(names) ?? { words: [] };
  const left = words.filter(({ word }) => !chosen.includes(word));
  const found = matching(
    left.map(({ word, about }) => ({ word: `${before}${word}`, ...(about && { about }) })),
    current,
  );
  return { words: found, ...(paths && { paths }) };
}

const plain = (words: readonly string[]): Candidates['words'] => words.map((word) => ({ word }));
const some = (words: readonly string[]): Candidates => ({ words: plain(words) });

const PLACES: Readonly<Record<string, (names: Names) => Candidates>> = {
  node: (names) => some(names.nodes()),
  nodes: (names) => some(names.nodes()),
  'node,node': (names) => some(names.nodes()),
  client: (names) => some(names.clients()),
  network: (names) => some(names.networks()),
  'network|range': (names) => some(names.networks()),
  phase: (names) => some(names.phases()),
  run: (names) => some(names.runs()),
  'run|file': (names) => ({ words: plain(['last', ...names.runs()]), paths: 'files' }),
  place: (names) => some([...names.nodes(), ...names.sites().map((site) => `router:${site}`)]),
  what: (names) => some(['all', 'overlay', 'lan', 'internet', ...names.nodes()]),
  topic: () => some([...new Set([...errorCodes(), ...gateNames(), ...glossary().keys()])]),
  'format=file': () => some(FORMATS.map((format) => `${format}=`)),
  'file|name': (names) => ({ words: plain(names.playbooks()), paths: 'files' }),
  file: () => ({ words: [], paths: 'files' }),
  source: () => ({ words: [], paths: 'files' }),
  program: () => some(programNames()),
  folder: () => ({ words: [], paths: 'folders' }),
};

const matching = (words: Candidates['words'], start: string): Candidates['words'] =>
  words.filter(({ word }) => word.startsWith(start));

import { wrapWords } from '../text.js';

const WIDTH = 72;

/** A command line's help as data. */
export interface Manual {
  readonly name: string;
  readonly version: string;
  /** `2026-11-21`. */
  readonly date: string;
  readonly summary: string;
  readonly description: string;
  readonly commands: readonly ManualCommand[];
  readonly exits: readonly (readonly [code: string, meaning: string])[];
  readonly environment: readonly (readonly [variable: string, meaning: string])[];
  readonly files: readonly (readonly [path: string, meaning: string])[];
  /** Pages such as `wg(8)`. */
  readonly seeAlso: readonly string[];
}

export interface ManualCommand {
  /** As typed: `bridgehead unlock [options] [nodes...]`. */
  readonly usage: string;
  readonly description: string;
  /** Arguments and options: `-i, --inventory <file>`. */
  readonly terms: readonly (readonly [term: string, meaning: string])[];
  readonly examples: readonly string[];
}

/** The page of section 1 in man(7)'s macros. */
export function manPage(manual: Manual): string {
  const { name, version, date, summary, description, commands, exits, environment, files, seeAlso } = manual;
  return [
    `.TH ${name.toUpperCase()} 1 ${date} "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(summary)}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I command',
    '[\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    ...filled(description),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    ...section('EXIT STATUS', exits),
    ...section('ENVIRONMENT', environment),
    ...section('FILES', files),
    '.SH SEE ALSO',
    ...seeAlso.map((page, index) => reference(page, index === seeAlso.length - 1)),
    '',
  ].join('\n');
}

function commandLines({ usage, description, terms, examples }: ManualCommand): string[] {
  return [
    `.SS ${roff(usage)}`,
    ...filled(description),
    ...terms.flatMap(termLines),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', '.PP', '.nf', ...examples.map(roff), '.fi']),
  ];
}

const section = (heading: string, rows: readonly (readonly [string, string])[]): string[] => [
  `.SH ${heading}`,
  ...rows.flatMap(termLines),
];

const termLines = ([term, meaning]: readonly [string, string]): string[] => [
  '.TP',
  `\\fB${roff(term)}\\fR`,
  ...filled(meaning),
];

function reference(page: string, isLast: boolean): string {
  const [, name, number] = /^(.+)\((\d)\)$/.exec(page) ?? [];
  return `.BR ${roff(name ?? page)} (${number})${isLast ? '' : ','}`;
}

/** Text wrapped to fit a terminal. */
const filled = (text: string): string[] => wrapWords(text, WIDTH).map(roff);

function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll(/^(?=[.'])/gm, '\\&');
}

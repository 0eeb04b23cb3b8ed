import { basename, resolve } from 'node:path';
import { EXIT, formatProblem, InputError, type Problem } from '../../core/errors.js';
import { parseYaml } from '../../document/index.js';
import { resolveDocument } from '../../inventory/index.js';
import { sanitize } from '../../remote/sanitize.js';
import { freeRange, rangesOf, withMembers } from '../draft/allocate.js';
import type { Draft } from '../draft/draft.js';
import { inventoryText } from '../draft/inventory-text.js';
import { nameFrom } from '../draft/names.js';
import { writeInventory } from '../draft/write-inventory.js';
import type { Io } from '../terminal/io.js';
import { typedPath } from '../terminal/typed-path.js';
import { readAnsible } from './ansible/read.js';
import { Found } from './found.js';
import { readHcloud } from './hcloud.js';
import { mergeMachines } from './merge.js';
import { placeMachines } from './places.js';
import { detectFormat, type Format, readSource, type Source } from './source.js';
import { readSshConfig } from './ssh-config.js';
import { readTerraform } from './terraform.js';
import { networksOf } from './wg-quick/networks.js';
import { readWgQuick } from './wg-quick/parse.js';

const READERS: Readonly<Record<Format, (source: Source, found: Found) => void>> = {
  'wg-quick': readWgQuick,
  ansible: readAnsible,
  'ssh-config': readSshConfig,
  terraform: readTerraform,
  hcloud: readHcloud,
};

export interface ImportOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly name?: string;
}

export interface Imported {
  readonly draft: Draft;
  /** What was left out, guessed or joined, by source and line. */
  readonly notes: readonly Problem[];
}

/** One draft of all sources. Throws InputError with every problem of all of them. */
export function importSources(sources: readonly Source[], name: string, format?: Format): Imported {
  const found = new Found();
  for (const source of sources) read(source, format, found);
  const networks = found.problems.length === 0 ? networksOf(found) : [];
  const { machines, nameOf } = mergeMachines(found);
  if (found.problems.length > 0) throw new InputError(found.problems);
  const overlays = networks.flatMap(({ base }) => base.ranges);
  const draft: Draft = {
    name,
    comment: `Imported from ${sources.map(({ file }) => file).join(', ')}.`,
    ...placeMachines(machines, overlays, found),
    networks: networks.map(({ base, members, hubs, relay, advertises }) => ({
      ...base,
      hubs: hubs.map(nameOf),
      ...(relay && { relay: nameOf(relay) }),
      members: members.map(({ machine, addresses }) => ({ node: nameOf(machine), addresses })),
      advertises: advertises.map(({ machine, subnets }) => ({ node: nameOf(machine), subnets })),
    })),
  };
  return { draft, notes: found.notes };
}

/** A source that can't be read at all doesn't hide the problems of the others. */
function read(source: Source, format: Format | undefined, found: Found): void {
  try {
    READERS[format ?? detectFormat(source)](source, found);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.problems.push(...error.problems);
  }
}

/** Imports files to an inventory on standard output, or in a new file. What was left out or guessed goes to standard error. */
export async function importFiles(files: readonly string[], options: ImportOptions, io: Io): Promise<number> {
  const { format, output } = options;
  const name =
    options.name ?? nameFrom(basename(resolve(io.cwd, output ?? '.', output ? '..' : '.')), [], 'network');
  const { draft, notes } = importSources(readAll(files), name, format);
  const text = inventoryText(draft);
  const log = (line: string) => io.stderr.write(`${sanitize(line)}\n`);
  for (const note of notes) log(`note: ${formatProblem(note)}`);
  const shown = output ?? 'inventory.yaml';
  const left = problemsOf(shown, text);
  if (output === undefined) io.stdout.write(text);
  else {
    for (const file of writeInventory(resolve(io.cwd, output), text)) log(`wrote ${typedPath(file, io)}`);
  }
  if (left.length > 0) {
    log(`\nWhat the sources don't say, and the inventory still needs:`);
    for (const problem of left) log(`  ${formatProblem(problem)}`);
  }
  log(`\nNext: ${nextOf(draft, left)}`);
  return EXIT.go;
}

function readAll(files: readonly string[]): Source[] {
  const problems: Problem[] = [];
  const sources = files.flatMap((file) => {
    try {
      return [readSource(file)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return sources;
}

/** What `validate` would report about the text. */
function problemsOf(file: string, text: string): readonly Problem[] {
  try {
    resolveDocument(parseYaml(file, text));
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

function nextOf(draft: Draft, left: readonly Problem[]): string {
  if (left.length > 0) return 'write what is missing, then run bridgehead validate';
  if (draft.networks.length > 0) return 'read it, then run bridgehead validate';
  return `add a network, such as the one below, then run bridgehead validate\n\n${meshText(draft)}`;
}

/** A mesh of all machines, as it could be written into the inventory. */
function meshText(draft: Draft): string {
  const range = freeRange(rangesOf(draft));
  const nodes = draft.nodes.slice(0, 250).map(({ name }) => name);
  const mesh = withMembers({ name: 'mesh', ranges: [range], members: [] }, nodes);
  const text = inventoryText({ name: draft.name, sites: [], nodes: [], networks: [mesh] });
  return text.slice(text.indexOf('networks:'));
}

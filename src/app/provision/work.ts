import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { EXIT } from '../../core/errors.js';
import { parseYaml } from '../../document/index.js';
import { loadInventory, resolveDocument } from '../../inventory/index.js';
import type { Inventory } from '../../model/inventory.js';
import { inventoryText, SCHEMAS } from '../draft/inventory-text.js';
import { playbookText } from '../draft/playbook-text.js';
import { writeInventory, writeSchema } from '../draft/write-inventory.js';
import type { Options } from '../options.js';
import type { Io } from '../terminal/io.js';
import { pictureOf } from '../what-next.js';
import { draftOf, wanted } from './dialogue/derived.js';
import { hashOf } from './dialogue/kept.js';
import type { Work, World } from './dialogue/types.js';
import type { ProvisionOptions } from './options.js';
import { type Survey, survey } from './survey/survey.js';

export const PLAYBOOK = 'playbook.yaml';

export interface WorkRequest {
  readonly world: World;
  /** SHA-256 of the inventory as an earlier start wrote it. */
  readonly written: string | undefined;
  readonly options: ProvisionOptions;
  readonly io: Io;
  /** The inventory's file. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** The result of a piece of work; if empty, it succeeded. */
export interface Worked {
  readonly survey?: Survey;
  readonly written?: string;
  /** Exit code of the command that it was. */
  readonly exit?: number;
}

export type Workshop = (work: Work, request: WorkRequest) => Promise<Worked>;

/** UDP port on which machines try to reach each other before the network has one. */
const SURVEY_PORT = 51820;

/** Does a piece of work. Once the files are written, each one does what the command of its name does. */
export const workOn: Workshop = async (work, request) => {
  switch (work) {
    case 'survey':
      return { survey: await surveyed(request) };
    case 'write':
      return { written: write(request) };
    case 'measure':
      return { exit: await measured(request) };
    case 'rehearse':
      return { exit: await rehearsed(request) };
    case 'plan':
      return { exit: await run('plan', request) };
    case 'apply':
      return { exit: await run('apply', request) };
    case 'phones':
      return { exit: await makeClientKeys(request) };
  }
};

async function surveyed({ world, options, io, signal }: WorkRequest): Promise<Survey> {
  const machines = wanted(world);
  const confirmed = world.answers.hostKeys ?? [];
  io.stdout.write(`Logging in to ${machines.join(', ')}\n`);
  return survey({
    machines,
    acceptNew: confirmed.includes('accept-new') ? true : new Set(confirmed),
    port: SURVEY_PORT,
    timeout: options.timeout,
    sudoTimeout: options.sudoTimeout,
    io,
    signal,
    onAnswer: ({ machine, facts }) =>
      void io.stdout.write(`  ${machine} answers: ${facts.title || facts.os}\n`),
  });
}

/** Writes inventory and playbook. Throws InputError, with nothing written, if the inventory would not be valid. */
function write({ world, written, options, io, file }: WorkRequest): string {
  const path = resolve(io.cwd, file);
  const folder = dirname(path);
  const draft = draftOf(world);
  const text = inventoryText(draft);
  const { inventory } = resolveDocument(parseYaml(file, text));
  const playbook = join(folder, PLAYBOOK);
  // Only replaces a file that an earlier start of the wizard wrote and that hasn't changed since.
  const isOurs = existsSync(path) && hashOf(readFileSync(path, 'utf8')) === written;
  if (isOurs) rmSync(path);
  const files = [...writeInventory(path, text), ...writeSchema(folder, 'playbook.schema.json')];
  const steps = playbookText(draft).replace('=../schemas/', `=${SCHEMAS}/`);
  if (isOurs || !existsSync(playbook)) {
    writeFileSync(playbook, steps);
    files.push(playbook);
  }
  io.stdout.write(`\n${files.map((one) => `wrote ${relative(io.cwd, one)}\n`).join('')}\n`);
  io.stdout.write(pictureOf(inventory, options, io) ?? '');
  return hashOf(text);
}

const loaded = ({ io, file }: WorkRequest): Promise<Inventory> => loadInventory(resolve(io.cwd, file));

/** The command's options with their defaults. */
function optionsFor({ options, io, file }: WorkRequest): Options {
  const playbook = join(dirname(resolve(io.cwd, file)), PLAYBOOK);
  return {
    inventory: file,
    ...(existsSync(playbook) && { playbook: relative(io.cwd, playbook) }),
    phase: [],
    only: [],
    concurrency: 16,
    timeout: options.timeout,
    sudoTimeout: options.sudoTimeout,
    programTimeout: 120,
    color: options.color,
    showsNext: false,
    ...(options.stateDir !== undefined && { stateDir: options.stateDir }),
  };
}

async function run(command: 'plan' | 'apply', request: WorkRequest): Promise<number> {
  const { session } = await import('../session.js');
  const exit = await session(command, { ...optionsFor(request), yes: true }, request.io);
  return exit;
}

/** Measures nothing if no router forwards a port. */
async function measured(request: WorkRequest): Promise<number> {
  const { sites } = await loaded(request);
  if (sites.every(({ forwards }) => forwards.length === 0)) return EXIT.go;
  const { session } = await import('../session.js');
  request.io.stdout.write('\nMeasuring that every endpoint leads to its machine\n');
  return session('check', { ...optionsFor(request), playbook: 'forwards' }, request.io);
}

async function rehearsed({ options, io, file, ...request }: WorkRequest): Promise<number> {
  const { rehearse } = await import('../rehearse/rehearse.js');
  const { inventory = file, playbook, color, stateDir } = optionsFor({ options, io, file, ...request });
  return rehearse(
    {
      inventory,
      color,
      showsNext: false,
      ...(playbook !== undefined && { playbook }),
      ...(stateDir !== undefined && { stateDir }),
    },
    io,
  );
}

/** Makes the keys of each client that has none, and shows its code. */
async function makeClientKeys(request: WorkRequest): Promise<number> {
  const { io } = request;
  const { networks } = await loaded(request);
  const clients = networks.flatMap((network) =>
    network.clients.filter((client) => client.publicKey === undefined),
  );
  if (io.stdout.isTTY !== true) {
    for (const { name } of clients)
      io.stdout.write(`\nFor ${name}: bridgehead client rekey ${name} -i ${request.file}\n`);
    return EXIT.go;
  }
  const { rekeyClient } = await import('../clients/keys.js');
  for (const { name } of clients) {
    io.stdout.write(`\nThe code for ${name}: scan it with the WireGuard app\n`);
    const exit = await rekeyClient(name, { ...optionsFor(request), yes: true }, io);
    if (exit !== EXIT.go) return exit;
  }
  return EXIT.go;
}

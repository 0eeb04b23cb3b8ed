import { Argument, type Command } from 'commander';
import { locateInventory, unknownWord } from '../app/locate.js';
import { type Io, paintFor } from '../app/terminal/io.js';
import { watchSignals } from '../app/terminal/signals.js';
import { THIS_PROGRAM } from '../app/this-program.js';
import { EXIT } from '../core/errors.js';
import { type DriverName, defaultDriver, labDriver } from '../lab/driver.js';
import { INTERNET_PLACES, type InternetPlace } from '../lab/internet/types.js';
import type { Lab, LabStatus } from '../lab/types.js';
import type { Inventory } from '../model/inventory.js';
import { labStatusText } from '../render/commands/lab-status.js';
import type { CommandHost } from './host.js';
import { addDriverOption, addInventoryOption, addOutputOptions } from './options.js';

interface LabOptions {
  readonly inventory?: string;
  readonly driver?: DriverName;
  readonly json?: boolean;
  readonly color: boolean;
}

type Power = 'reboot' | 'cut' | 'on';

interface RunOptions extends LabOptions {
  readonly at?: string;
}

export function addLab(program: Command, host: CommandHost): void {
  const lab = program
    .command('lab')
    .enablePositionalOptions()
    .summary('build disposable machines, LANs and routers from an inventory')
    .description(
      'Builds an inventory as disposable Debian machines with their LANs, NAT routers and port forwards, and a laptop to ' +
        'run commands from. Everything runs in its own network namespaces, as root on Linux, or in one container of Docker.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead lab up -i inventory/home-mesh.yaml',
          'bridgehead lab run -i inventory/home-mesh.yaml -- ssh ops@192.168.15.3 ip -br address',
          'bridgehead lab down -i inventory/home-mesh.yaml',
        ],
        ['go', 'badInput', 'stepFailed', 'interrupted'],
      ),
    );
  const add = (name: string, summary: string, description: string, ...examples: readonly string[]) =>
    addOutputOptions(addDriverOption(addInventoryOption(lab.command(name))))
      .summary(summary)
      .description(description)
      .addHelpText('after', host.footer(examples, ['go', 'badInput', 'stepFailed', 'interrupted']));

  add(
    'up',
    'build the lab and wait until every machine answers',
    'Builds the lab and waits until every machine answers. Removes what a dead lab of the same name left behind.',
    'bridgehead lab up -i inventory/home-mesh.yaml',
    'bridgehead lab up -i inventory/home-mesh.yaml --driver docker',
  ).action((options: LabOptions) => host.act((io) => up(options, io)));
  add(
    'run',
    'run a command on the laptop',
    'Runs a command on the laptop of the lab, or with --at somewhere else in it, and exits with its exit code.',
    'bridgehead lab run -i inventory/home-mesh.yaml -- bridgehead apply -i inventory/home-mesh.yaml',
    'bridgehead lab run -i inventory/home-mesh.yaml --at wk-1 -- wg show',
    'bridgehead lab run -i inventory/home-mesh.yaml --at router:home -- nft list ruleset',
  )
    .argument('<command...>', 'command and its arguments, after --')
    .option(
      '--at <place>',
      'where to run it: a node or client (as root, without SSH), router:SITE, or the visitor on the internet (default: the laptop)',
    )
    .passThroughOptions()
    .action((command: string[], options: RunOptions) => host.act((io) => runInLab(command, options, io)));
  add(
    'power',
    'reboot a machine, cut its power, or switch it on',
    'Reboots a machine from within and waits until it is up again, cuts its power, or switches on one that is off.',
    'bridgehead lab power reboot wk-1 -i inventory/home-mesh.yaml',
  )
    .addArgument(new Argument('<what>', 'what to do').choices(['reboot', 'cut', 'on']))
    .argument('<machine>', 'a node or client')
    .action((what: Power, machine: string, options: LabOptions) =>
      host.act((io) => power(what, machine, options, io)),
    );
  add(
    'status',
    'show the state of the lab',
    'Shows whether the lab is up, where its laptop is, and the state of each machine.',
    'bridgehead lab status -i inventory/home-mesh.yaml',
  ).action((options: LabOptions) => host.act((io) => status(options, io)));
  add(
    'down',
    'take the lab down, and remove what it left behind',
    'Takes the lab down and removes everything that it left behind, however it ended.',
    'bridgehead lab down -i inventory/home-mesh.yaml',
  ).action((options: LabOptions) => host.act((io) => down(options, io)));
}

async function open(options: LabOptions, io: Io): Promise<Inventory> {
  const { loadInventory } = await import('../inventory/index.js');
  return loadInventory(locateInventory(options.inventory, io.cwd));
}

async function up(options: LabOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  const driver = await labDriver(options.driver);
  const { signal, stop } = watchSignals(io);
  try {
    await driver.up(inventory, { log: (line) => void io.stderr.write(`${line}\n`), signal });
    printStatus(await driver.status(inventory), options, io);
    return EXIT.go;
  } finally {
    stop();
  }
}

async function status(options: LabOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  const driver = await labDriver(options.driver);
  printStatus(await driver.status(inventory), options, io);
  return EXIT.go;
}

async function down(options: LabOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  const driver = await labDriver(options.driver);
  await driver.down(inventory, { log: (line) => void io.stderr.write(`${line}\n`) });
  if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: true })}\n`);
  return EXIT.go;
}

async function power(what: Power, machine: string, options: LabOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  checkPlace(machine, inventory);
  const lab = await (await labDriver(options.driver)).open(inventory);
  if (what === 'reboot') await lab.reboot(machine);
  else if (what === 'cut') await lab.kill(machine);
  else await lab.boot(machine);
  return EXIT.go;
}

async function runInLab(command: readonly string[], options: RunOptions, io: Io): Promise<number> {
  const inventory = await open(options, io);
  if (options.at !== undefined) checkPlace(options.at, inventory);
  const lab = await (await labDriver(options.driver)).open(inventory);
  const { signal, stop } = watchSignals(io);
  try {
    if (options.at !== undefined) return await runAt(lab, options.at, command, signal);
    const [program, ...rest] = command;
    // A container has this program under its name.
    const isHere = (options.driver ?? defaultDriver()) === 'nspawn';
    const words = program === 'bridgehead' && isHere ? [...THIS_PROGRAM, ...rest] : command;
    return (await lab.run(words, { stdio: 'inherit', signal })).code;
  } finally {
    stop();
  }
}

const siteOf = (place: string): string | undefined => /^router:(.+)$/.exec(place)?.[1];

/** A node may have the name of a place on the internet, and comes first. */
const isOnInternet = (place: string, names: readonly string[]): place is InternetPlace =>
  !names.includes(place) && INTERNET_PLACES.some((one) => one === place);

function checkPlace(place: string, { nodes, sites, networks }: Inventory): void {
  const site = siteOf(place);
  const clients = networks.flatMap((network) => network.clients);
  const known = (site === undefined ? [...nodes, ...clients] : sites).map(({ name }) => name);
  if (site === undefined && isOnInternet(place, known)) return;
  if (!known.includes(site ?? place))
    throw unknownWord(site === undefined ? 'place' : 'site', site ?? place, known);
}

/** The command gets this program's own standard streams: their content is not ours to parse. */
async function runAt(lab: Lab, place: string, command: readonly string[], signal: AbortSignal) {
  const site = siteOf(place);
  const options = { stdio: 'inherit', signal } as const;
  const machines = lab.plan.machines.map(({ node }) => node);
  if (site !== undefined) return (await lab.router(site).exec(command, options)).code;
  if (isOnInternet(place, machines)) return (await lab.onInternet(place, command, options)).code;
  return (await lab.exec(place, command, options)).code;
}

function printStatus(status: LabStatus, options: LabOptions, io: Io): void {
  if (options.json === true) io.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  else io.stdout.write(labStatusText(status, paintFor(io, 'stdout', options.color)));
}

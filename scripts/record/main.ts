// Records an apply of the example network in the lab: `npm run record`.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadInventory } from '../../src/inventory/index.js';
import { labDown, labUp } from '../../src/lab/index.js';
import { Terminal } from '../../test/lab/support/terminal.js';
import { problemsOf } from './check.js';
import { framesOf, type Shot } from './frames.js';
import { svgOf } from './svg.js';

const INVENTORY = 'inventory/home-mesh.yaml';
const COMMAND = `bridgehead apply -i ${INVENTORY}`;
const FILE = 'docs/screens/apply.svg';
const [COLUMNS, ROWS] = [80, 46];
const PACE = { most: 9, longest: 1500 };
const POLL_MS = 100;
const LIMIT_MS = 300_000;

const BIN = resolve('bin/bridgehead.js');
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const inventory = await loadInventory(INVENTORY);
await labUp(inventory, { log });
const terminal = new Terminal('record', COLUMNS, {
  cwd: process.cwd(),
  rows: ROWS,
  command: [process.execPath, BIN, 'lab', 'run', '-i', INVENTORY, '--', 'env', 'PS1=$ ', 'sh'],
});
try {
  await terminal.until(/\$$/);
  terminal.keys(`bridgehead() { ${process.execPath} ${BIN} "$@"; }; clear`, 'Enter');
  await terminal.until(/^\$$/);
  const svg = svgOf({
    title: `${COMMAND}, on a terminal`,
    description:
      'The plan for four machines, and the question whether to apply it; the answer is yes. A line for each phase as it runs, ' +
      'then which machine reaches which and in how many milliseconds, a drawing of the network, and GO.',
    columns: COLUMNS,
    rows: ROWS,
    frames: framesOf(await shotsOfApply(), PACE),
  });
  const problems = problemsOf(svg);
  if (problems.length > 0) throw new Error(`not recorded: ${problems.join('; ')}`);
  writeFileSync(FILE, svg);
  log(`wrote ${FILE}`);
} finally {
  terminal.stop();
  await labDown(inventory, { log });
}

async function shotsOfApply(): Promise<Shot[]> {
  const began = Date.now();
  const shots: Shot[] = [];
  const shoot = (reading?: number) =>
    shots.push({
      at: Date.now() - began,
      screen: terminal.painted(),
      ...(reading !== undefined && { reading }),
    });
  const watch = async (expected: RegExp) => {
    for (;;) {
      const screen = terminal.screen();
      if (expected.test(screen)) return;
      if (Date.now() - began > LIMIT_MS) throw new Error(`no ${expected}:\n${screen}`);
      shoot();
      await pause(POLL_MS);
    }
  };
  terminal.keys(COMMAND);
  await terminal.until(/home-mesh\.yaml$/);
  shoot(1500);
  terminal.keys('Enter');
  await watch(/Apply this plan\?/);
  shoot(6000);
  terminal.keys('y', 'Enter');
  await watch(/\n\$$/);
  if (!/^GO {2}/m.test(terminal.screen()))
    throw new Error(`the apply did not end in GO:\n${terminal.screen()}`);
  shoot(2000);
  return shots;
}

// A command that ends cleanly once it is interrupted, which takes a while: what it has come to is in the file that is named.
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { processIo } from '../../../src/app/terminal/io.js';
import { watchSignals } from '../../../src/app/terminal/signals.js';
import { messageOf } from '../../../src/core/errors.js';

const [file = ''] = process.argv.slice(2);
const note = (text: string): void => appendFileSync(file, `${text}\n`);

const io = processIo();
const { signal, stop } = watchSignals(io);
const began = Date.now();
while (!signal.aborted && Date.now() - began < 20_000) {
  io.stdout.write('what is being done\n');
  note('began');
  await setTimeout(50);
}
for (let step = 0; step < 10; step++) {
  io.stdout.write('what is being reverted\n');
  // As a library does that draws on the terminal by itself.
  process.stdout.write('and drawn\n');
  io.stderr.write('and complained about\n');
  await setTimeout(50);
}
stop();
note(`ended: ${messageOf(signal.reason)}`);
process.exitCode = 42;

// Loaded into the controller before its own code: does something the moment that an event has been written to the
// journal, and prints at the end how much memory was needed at most.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const { folder, at } = JSON.parse(process.env['BRIDGEHEAD_AT_EVENT']);
// What the controller starts is not the controller.
delete process.env['BRIDGEHEAD_AT_EVENT'];
delete process.env['NODE_OPTIONS'];
if (at !== undefined) watch(at);
process.on('exit', () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  fs.writeFileSync(join(folder, 'peak-kilobytes'), kilobytes);
});

/** `action`: `pause` until the file `go` is in `folder`, or the name of a signal. */
function watch({ type, phase, node, nth = 1, action, next }) {
  const write = fs.writeSync;
  let left = nth;
  fs.writeSync = (file, data, ...rest) => {
    const written = write(file, data, ...rest);
    if (left > 0 && matches(data.toString()) && --left === 0) act();
    return written;
  };
  syncBuiltinESMExports();

  function matches(line) {
    if (!line.startsWith(`{"type":"${type}"`)) return false;
    const event = JSON.parse(line);
    return (phase === undefined || event.phase === phase) && (node === undefined || event.node === node);
  }

  function act() {
    fs.writeFileSync(join(folder, 'reached'), '');
    if (action !== 'pause') {
      process.kill(process.pid, action);
      if (action === 'SIGKILL') sleep(60_000);
      return;
    }
    for (let waited = 0; waited < 90_000 && !fs.existsSync(join(folder, 'go')); waited += 5) sleep(5);
    if (next !== undefined) watch(next);
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

#!/usr/bin/env node
// An old Node reads this too: see node-version.js.
import { refusalOf, version } from './node-version.js';

const argv = process.argv.slice(2);
const refusal = refusalOf(process.versions.node);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 2;
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${version}\n`);
} else {
  import('./load.js').then(({ run }) => run(argv));
}

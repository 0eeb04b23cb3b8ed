#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const { isBuilt, load } = await import('./load.js');
  if (isBuilt()) {
    process.exitCode = await load().exports.runCli(argv);
  } else {
    process.stderr.write('bridgehead is not built yet; run: npm run setup\n');
    process.exitCode = 1;
  }
}

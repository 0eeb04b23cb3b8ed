#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const { isBuilt, keepUsed, load } = await import('./load.js');
  if (isBuilt()) {
    const loaded = load();
    process.exitCode = await loaded.exports.runCli(argv);
    keepUsed(loaded, argv, process.exitCode);
  } else {
    process.stderr.write('bridgehead is not built yet; run: npm run setup\n');
    process.exitCode = 1;
  }
}

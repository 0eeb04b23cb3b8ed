// Prints the outputs of the action that are in a run's report, for GITHUB_OUTPUT. Without a report there was no run.
import { existsSync, readFileSync } from 'node:fs';

const file = process.argv[2] ?? '';
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
const changes = report?.command === 'plan' ? report.changes.planned : (report?.changes.made ?? 0);
process.stdout.write(`verdict=${report?.verdict ?? ''}\nchanged=${changes > 0}\n`);

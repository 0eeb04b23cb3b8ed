// `calls.ts SIZE COMMAND` prints as JSON how often each function under src/ was called and each of its blocks entered.
import { Session } from 'node:inspector/promises';
import type { GrowthCommand } from './work.js';

const [size = '10', command = 'plan'] = process.argv.slice(2);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
// Blocks are counted only of what is compiled from here on.
const { workOf } = await import('./work.js');
await workOf(Number(size), command as GrowthCommand);
const { result } = await session.post('Profiler.takePreciseCoverage');
const calls: Record<string, number> = {};
for (const { url, functions } of result) {
  const file = url.split('/src/')[1];
  if (file === undefined || url.includes('/node_modules/')) continue;
  for (const { functionName, ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      calls[`${file} ${functionName} ${startOffset}-${endOffset}`] = count;
    }
  }
}
console.log(JSON.stringify(calls));

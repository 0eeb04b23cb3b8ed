// One size in a process of its own: `one.ts SIZE COMMAND` prints its CPU seconds and its peak memory as JSON.
import { type GrowthCommand, workOf } from './work.js';

const [size = '100', command = 'plan'] = process.argv.slice(2);
const before = process.cpuUsage();
const worked = await workOf(Number(size), command as GrowthCommand);
const { user, system } = process.cpuUsage(before);
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ...worked, seconds: (user + system) / 1e6, megabytes }));

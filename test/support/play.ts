import { clean } from '../../src/render/clean.js';
import { createPaint, wantsColour } from '../../src/render/colour.js';
import { createRenderer } from '../../src/render/live/create-renderer.js';
import { planText } from '../../src/render/plan/plan-text.js';
import { createRecord, recordEvent } from '../../src/render/report/record.js';
import { stopReport } from '../../src/render/report/stop-report.js';
import { summary } from '../../src/render/report/summary.js';
import * as runs from './events.js';

const BETWEEN_MS = 120;

/** Plays a recorded run on this terminal: `play GO_RUN [--json]`. For looking at, not for tests. */
const [name = 'GO_RUN', ...flags] = process.argv.slice(2);
const events = (runs as unknown as Record<string, typeof runs.GO_RUN>)[name];
if (events === undefined) throw new Error(`no run is called ${name}`);

const paint = createPaint(
  wantsColour({
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    wanted: !flags.includes('--no-color'),
  }),
);
const record = createRecord();
const renderer = await createRenderer({
  write: (text) => void process.stdout.write(text),
  paint,
  json: flags.includes('--json'),
  live: process.stdout.isTTY === true,
  height: process.stdout.rows ?? 24,
  width: process.stdout.columns ?? 80,
});
for (const event of events) {
  recordEvent(record, clean(event));
  renderer.event(event);
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  if (flags.includes('--ask') && event.type === 'phase-started') {
    await renderer.suspend(async () => {
      process.stdout.write(planText(record, { paint, width: process.stdout.columns ?? 80, full: false }));
      const { default: inquirer } = await import('inquirer');
      return inquirer.prompt([{ type: 'confirm', name: 'yes', message: 'Apply this plan?', default: false }]);
    });
    flags.length = 0;
  }
}
await renderer.close();
const parts = [
  record.started?.command === 'plan'
    ? planText(record, { paint, width: process.stdout.columns ?? 80, full: false })
    : '',
  stopReport(record, paint),
  summary(record, { paint, resume: 'bridgehead apply --resume -i home.yaml', journal: '/tmp/journal.jsonl' }),
];
if (!flags.includes('--json')) process.stdout.write(parts.filter((part) => part !== '').join('\n'));

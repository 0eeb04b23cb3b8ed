import { readFileSync } from 'node:fs';
import { toReaders } from '../../../src/app/run/event-readers.js';
import { journalIn } from '../../../src/app/run/journal.js';
import { NodesJournal } from '../../../src/app/run/nodes-journal.js';
import { clean } from '../../../src/render/clean.js';
import { lockLines } from '../../../src/render/commands/lock-text.js';
import { createJsonLines } from '../../../src/render/live/json-lines.js';
import { createLines } from '../../../src/render/live/lines.js';
import { TreeState } from '../../../src/render/live/tree/state.js';
import { treeLines } from '../../../src/render/live/tree/view.js';
import { planText } from '../../../src/render/plan/plan-text.js';
import { createRecord, recordEvent } from '../../../src/render/report/record.js';
import { endingText } from '../../../src/render/report/run-footer.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { journalFile } from '../../../src/runner/journal/journal.js';
import { folderWith } from '../../cli/helpers.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { PLAIN } from '../../render/helpers.js';
import { hostileRun } from '../../support/report-events.js';
import { PLANTED, runWith, secretsIn } from '../../support/reports/planted-secrets.js';

/** What each reader writes of a run, by its name. */
function writtenOf(events: readonly StampedEvent[]): Record<string, string> {
  const written: Record<string, string> = {};
  const to = (name: string) => (text: string) => {
    written[name] = `${written[name] ?? ''}${text}`;
  };
  const journal = journalIn(folderWith());
  const [json, lines] = [createJsonLines(to('json')), createLines(to('lines'), PLAIN)];
  const record = createRecord();
  let tree: TreeState | undefined;
  const emit = toReaders(
    (event) => journal.write(event),
    (event) => json.event(event),
    (event) => lines.event(clean(event)),
    (event) => recordEvent(record, clean(event)),
    (event) => {
      const shown = clean(event);
      if (shown.type === 'run-started') tree = new TreeState(shown);
      tree?.apply(shown);
      const frame = { width: 100, height: 40, now: 0, spin: '|' };
      to('tree')(treeLines(tree?.rows ?? [], frame, PLAIN).join('\n'));
    },
  );
  for (const event of events) emit(event);
  journal.close();
  to('journal')(readFileSync(journal.path() ?? '', 'utf8'));
  const options = { paint: PLAIN, width: 80, full: true };
  to('plan')(planText(record, options));
  to('ending')(endingText(record, { ...options, evidence: true }));
  return written;
}

const READERS = ['journal', 'json', 'lines', 'tree', 'plan', 'ending'];
const written = writtenOf(runWith(PLANTED.map(({ text }) => text)));

it.each(READERS)('what is written as %s holds no planted secret in any form', (name) => {
  expect(written[name]?.length).toBeGreaterThan(100);
  expect(secretsIn(written[name] ?? '')).toEqual([]);
});

it.each(['journal', 'json', 'lines', 'plan', 'ending'])('where there was one in %s, it says so', (name) => {
  expect(written[name]).toContain('[redacted]');
});

it('what has no secret in it is passed on as it was', () => {
  const seen: StampedEvent[] = [];
  const events = hostileRun('a\u001b[1mb \u202e key: none');
  for (const event of events) toReaders((one) => seen.push(one))(event);
  expect(seen).toEqual(events);
});

it('the journal of a command without a playbook holds none either', () => {
  const stateDir = folderWith();
  const journal = new NodesJournal({
    command: 'undo',
    run: 'r1',
    stateDir,
    inventory: homeMesh,
    nodes: ['ms-1'],
  });
  const emit = toReaders((event) => journal.write(event));
  for (const event of runWith(PLANTED.map(({ text }) => text)).slice(1, -1)) emit(event);
  journal.end({ exit: 7, errors: [] });
  journal.close();
  const text = readFileSync(journalFile(stateDir, 'r1'), 'utf8');
  expect(text).toContain('[redacted]');
  expect(secretsIn(text)).toEqual([]);
});

it.each(PLANTED)('whom such a command waits for is printed without the secret in $text', ({ text }) => {
  const lines: string[] = [];
  const at = { run: 'r1', at: '2026-01-01T00:00:00Z' };
  toReaders(lockLines({ write: (line) => lines.push(line) }))({
    ...at,
    type: 'lock-waiting',
    nodes: ['ms-1'],
    holder: text,
    seconds: 5,
  });
  expect(lines).toEqual([expect.stringContaining('waiting up to 5 s for ')]);
  expect(secretsIn(lines.join(''))).toEqual([]);
});

import { stripVTControlCharacters } from 'node:util';
import { createTree } from '../../../../src/render/live/tree/tree.js';
import type { StampedEvent } from '../../../../src/runner/events/events.js';
import { GO_RUN, STOP_RUN, UNREACHABLE_RUN } from '../../../support/events.js';
import { PLAIN } from '../../helpers.js';

/** listr2 writes to the process's own streams, and only where they are a terminal. */
async function withTerminal(work: (written: () => string) => Promise<void>): Promise<void> {
  const { write, isTTY } = process.stdout;
  let text = '';
  process.stdout.write = ((chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  }) as typeof process.stdout.write;
  process.stdout.isTTY = true;
  try {
    await work(() => text);
  } finally {
    process.stdout.write = write;
    process.stdout.isTTY = isTTY;
  }
}

/** The last thing drawn: what follows the last erasure. */
const finalOf = (text: string) =>
  stripVTControlCharacters(text.slice(text.lastIndexOf('\u001b[2K')))
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));

async function play(events: readonly StampedEvent[]): Promise<string[]> {
  let lines: string[] = [];
  await withTerminal(async (written) => {
    const tree = createTree(PLAIN);
    for (const event of events) {
      tree.event(event);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await tree.close();
    lines = finalOf(written());
  });
  return lines;
}

it.each([
  ['GO', GO_RUN, ['✔ kernel 0 changes, 1 gate GO 700 ms', '✔ verify 0 changes, 1 gate GO 300 ms']],
  ['STOP', STOP_RUN, ['✔ tunnel 2 changes, 2 gates GO 1.3 s', '✖ verify STOP, 0 changes, 0 gates GO 300 ms']],
  ['unreachable', UNREACHABLE_RUN, ['✖ read 3 of 4 nodes 1.1 s', '- verify not reached']],
])('ends a run of %s with a line a phase', async (_name, events, lines) => {
  const final = await play(events);
  expect(final).toHaveLength(4);
  expect(final).toEqual(expect.arrayContaining(lines));
});

it('ends also when the run broke off without a word', async () => {
  expect(await play(GO_RUN.slice(0, 16))).toEqual([
    '✔ read 4 of 4 nodes 1.2 s',
    '✖ kernel',
    '- tunnel not reached',
    '- verify not reached',
  ]);
});

it('leaves the terminal to a question and takes it up again', async () => {
  await withTerminal(async (written) => {
    const tree = createTree(PLAIN);
    for (const event of GO_RUN.slice(0, 16)) tree.event(event);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const answer = await tree.suspend(async () => {
      const before = written().length;
      for (const event of GO_RUN.slice(16, 20)) tree.event(event);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(written().slice(before)).toBe('');
      process.stdout.write('a question\n');
      expect(written().slice(before)).toBe('a question\n');
      return 42;
    });
    expect(answer).toBe(42);
    for (const event of GO_RUN.slice(20)) tree.event(event);
    await tree.close();
    expect(written()).toContain('0 changes, 1 gate GO');
  });
});

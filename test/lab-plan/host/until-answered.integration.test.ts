import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilAnswered } from '../../../src/lab/host/until-answered.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-answered-'));
  writeFileSync(join(folder, 'log'), 'it starts\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Asks a server that does `first` the first time, and answers then. */
const ask = (first: string, more: { deadlineMs?: number; signal?: AbortSignal } = {}): Promise<string> =>
  untilAnswered(
    { what: 'the server', log: join(folder, 'log'), deadlineMs: 15_000, pause: 5, attemptMs: 2_000, ...more },
    ['sh', '-c', `mkdir "$1/asked" 2>/dev/null && { ${first}; }; echo yes`, 'sh', folder],
  );

describe('a server of the lab', () => {
  it.each([
    ['fails', 'exit 1'],
    ['is slow', 'exec sleep 600'],
  ])('is asked again if it %s', async (_how, first) => {
    expect(await ask(first)).toBe('yes\n');
  });

  it('that is silent until the deadline does not answer', async () => {
    await expect(ask('exec sleep 600', { deadlineMs: 1 })).rejects.toMatchObject({
      code: 'E_LAB',
      message: 'the server does not answer',
      details: { evidence: 'it starts\n\n`sh` took longer than 2 s' },
    });
  });

  it('is not asked again after an interruption', async () => {
    const signal = AbortSignal.timeout(50);
    await expect(ask('exec sleep 600', { signal })).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readStreams, STREAMS_PROGRAM, streamsData } from '../../../src/packets/streams/streams-program.js';
import { canMount } from '../../support/can-mount.js';

/** Waits for a file that the program makes. */
const AWAIT = 'await() { n=0; while [ ! -e "$1" ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done; }';

/** Runs the program in a network of its own while a script goes on beside it. */
function along(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-streams-'));
  const control = join(folder, 'control');
  const targets = ['127.0.0.1', '127.0.0.2'].map((address, id) => ({
    id,
    group: id,
    before: true,
    awaited: true,
    way: { kind: 'tcp', address } as const,
  }));
  writeFileSync(join(folder, 'program.pl'), STREAMS_PROGRAM);
  writeFileSync(join(folder, 'data'), streamsData({ interval: 0.02, control, targets }));
  const lines = [
    AWAIT,
    'ip link set lo up',
    `perl ${folder}/program.pl <${folder}/data & pid=$!`,
    `await ${control}.ready`,
    `touch ${control}.change`,
    script,
    `touch ${control}.settle`,
    `await ${control}.settled`,
    `touch ${control}.stop`,
    'wait $pid',
  ];
  return new Promise<ReturnType<typeof readStreams>>((done, fail) => {
    execFile('unshare', ['-m', '-n', 'sh', '-c', lines.join('\n')], (error, stdout) => {
      rmSync(folder, { recursive: true });
      if (error === null) done(readStreams(stdout));
      else fail(error);
    });
  });
}

const kindsOf = ({ events }: ReturnType<typeof readStreams>, id: number) =>
  events.get(id)?.map(({ kind }) => kind);

(canMount ? describe : describe.skip)('streams', () => {
  jest.setTimeout(60_000);

  it('that nothing cuts have no gap', async () => {
    const log = await along('sleep 1');
    expect(kindsOf(log, 0)).toEqual(['open', 'last']);
    expect(kindsOf(log, 1)).toEqual(['open', 'last']);
    expect(log.settled).toBeGreaterThan(log.change ?? Number.NaN);
  });

  it('that are silent for a while go on, and the silence is noted', async () => {
    const log = await along('ip link set lo down; sleep 1.5; ip link set lo up');
    for (const id of [0, 1]) {
      expect(kindsOf(log, id)).toEqual(['open', 'gap', 'last']);
      const gap = log.events.get(id)?.find((event) => event.kind === 'gap');
      expect((gap?.reached ?? 0) - (gap?.last ?? 0)).toBeGreaterThan(1);
    }
  });

  it('that are reset are made anew', async () => {
    const log = await along('ss -K dst 127.0.0.2 dport = 7 >/dev/null');
    expect(kindsOf(log, 0)).toEqual(['open', 'last']);
    expect(kindsOf(log, 1)).toEqual(['open', 'end', 'open', 'last']);
  });
});

import type { Bench, Contender, Job } from './contender.js';

export interface Measured {
  readonly contender: string;
  readonly job: Job;
  readonly size: number;
  readonly delayed: boolean;
  /** Wall seconds of each round that the contender's own proof held for. */
  readonly seconds: readonly number[];
  /** What came of the other rounds. */
  readonly failures: readonly string[];
}

/** A contender ended badly, or its own proof failed: its fault, and no reason to measure nobody else. */
class RoundFailed extends Error {}

/** Takes from every node what a first apply makes; packages stay. */
const WIPE =
  'systemctl disable -q --now wg-quick@wg0; rm -rf /etc/wireguard/* /etc/sysctl.d/99-bridgehead-*; true';

async function runOnce(bench: Bench, contender: Contender, job: Job, moved: boolean): Promise<number> {
  const started = performance.now();
  const { code, stdout, stderr } = await bench.lab.run(contender.command(bench, job, moved), {
    env: contender.env ?? {},
    timeoutMs: 300_000,
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0)
    throw new RoundFailed(
      `${contender.name} ${job}: status ${code}\n${stdout.slice(-3000)}\n${stderr.slice(-2000)}`,
    );
  if (job === 'reapply' && contender.unchanged?.(stdout) === false) {
    throw new RoundFailed(
      `${contender.name} changed something where nothing was to be done:\n${stdout.slice(-3000)}`,
    );
  }
  return seconds;
}

/** Brings the nodes to where the job begins, by the contender's own hand; not measured. */
async function rewind(bench: Bench, contender: Contender, job: Job): Promise<void> {
  if (job === 'first') {
    await Promise.all(bench.nodes.map(({ name }) => bench.lab.exec(name, WIPE)));
    return;
  }
  if (job === 'port') await runOnce(bench, contender, 'port', false);
}

/**
 * Each contender in turn, round after round, so that what else the machine does falls on all alike. A round that fails is
 * noted, and the measuring goes on.
 */
export async function measure(
  bench: Bench,
  contenders: readonly Contender[],
  job: Job,
  rounds: number,
  tell: (line: string) => void = console.error,
): Promise<Measured[]> {
  const able = contenders.filter(({ jobs }) => jobs.includes(job));
  const what = `${bench.nodes.length} nodes${bench.delayed ? ', delayed' : ''}  ${job}`;
  const measured = able.map((contender) => ({
    contender,
    seconds: [] as number[],
    failures: [] as string[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { contender, seconds, failures } of measured) {
      try {
        await rewind(bench, contender, job);
        const taken = await runOnce(bench, contender, job, job === 'port');
        seconds.push(taken);
        tell(`${what}  ${contender.name}  ${taken.toFixed(2)} s`);
      } catch (error) {
        if (!(error instanceof RoundFailed)) throw error;
        failures.push(error.message);
        tell(`${what}  ${contender.name}  FAILED in round ${round + 1}: ${error.message}`);
      }
    }
  }
  return measured.map(({ contender, seconds, failures }) => ({
    contender: contender.name,
    job,
    size: bench.nodes.length,
    delayed: bench.delayed,
    seconds,
    failures,
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

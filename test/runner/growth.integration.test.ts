import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const FEW = 8;
const MANY = 24;
/** A third more than in proportion to the pairs: what is done once a run, or once a node, only makes it less. */
const TOLERANCE = 4 / 3;
const pairs = (size: number): number => size * (size - 1);

async function callsOf(size: number, command: string): Promise<Record<string, number>> {
  const argv = ['--import', resolve('scripts/typescript.js'), 'bench/growth/calls.ts', String(size), command];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

describe('the work for a mesh of many nodes', () => {
  it.each([
    ['plan', 'renderConfig'],
    ['check', 'packetScript'],
  ])(
    '%s: no piece of code runs more often per pair if there are more nodes',
    async (command, working) => {
      const [few, many] = await Promise.all([callsOf(FEW, command), callsOf(MANY, command)]);
      const inProportion = pairs(MANY) / pairs(FEW);
      const grown = Object.entries(many).flatMap(([where, count]) => {
        const before = few[where] ?? 0;
        return before > 0 && count > before * inProportion * TOLERANCE
          ? [`${where}: ${before} times for ${FEW} nodes, ${count} for ${MANY}`]
          : [];
      });
      expect(grown).toEqual([]);
      const worked = Object.entries(many).filter(([where]) => where.includes(` ${working} `));
      expect(Math.max(...worked.map(([, count]) => count))).toBeGreaterThanOrEqual(MANY);
    },
    60_000,
  );
});

// Where Jest remembers no run, it takes a large file for a long one. These are small and long.
import Sequencer from '@jest/test-sequencer';

const LONG = ['docs/pages', 'drivers/docker', 'drivers/nspawn', 'labs/inventories'];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const isLong = ({ path }) => LONG.some((name) => path.endsWith(`/test/lab/${name}.test.ts`));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}

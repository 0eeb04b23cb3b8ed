import { groupsOf } from '../../../core/groups.js';
import { count } from '../../../core/text.js';
import type { Row, RowState } from './rows.js';

/** A line of the tree: one node, or several in the same state. */
export type Shown = Pick<Row, 'name' | 'text' | 'state' | 'began' | 'took' | 'done' | 'planned'>;

/** If more nodes than these are in the same state, they are counted. */
const NAMED = 2;

const ORDER: readonly RowState[] = ['bad', 'running', 'skipped', 'good', 'waiting'];

/** The nodes of a phase in at most `room` lines: one each, or one for all that are in the same state. */
export function foldNodes(rows: readonly Row[], room: number): Shown[] {
  if (rows.length <= room) return [...rows];
  const groups = groupsOf(rows, ({ state, text }) => JSON.stringify([state, text]));
  const sorted = groups.toSorted((a, b) => rank(a) - rank(b));
  if (sorted.length <= room) return sorted.map(together);
  const shown = sorted.slice(0, Math.max(0, room - 1));
  const rest = sorted.slice(shown.length).flat();
  const number = (state: RowState) => rest.filter((row) => row.state === state).length;
  const counts = (
    [
      ['failed', number('bad')],
      ['at work', number('running')],
      ['done', number('good') + number('skipped')],
      ['waiting', number('waiting')],
    ] as const
  ).filter(([, many]) => many > 0);
  const text = counts.map(([what, many]) => `${many} ${what}`).join(', ');
  const more = {
    name: count(rest.length, 'more node'),
    text,
    state: 'waiting',
    done: 0,
    planned: 0,
  } as const;
  return [...shown.map(together), more];
}

const rank = (group: readonly Row[]): number => ORDER.indexOf(group[0]?.state ?? 'waiting');

function together(group: readonly Row[]): Shown {
  const [first] = group;
  if (first === undefined) throw new TypeError('a group has a row');
  if (group.length === 1) return first;
  const [began] = group.flatMap((row) => row.began ?? []).toSorted((a, b) => a - b);
  const took = group.flatMap((row) => row.took ?? []).toSorted((a, b) => b - a)[0];
  const { text, state } = first;
  return {
    name: group.length > NAMED ? count(group.length, 'node') : group.map(({ name }) => name).join(', '),
    text,
    state,
    done: 0,
    planned: 0,
    ...(began !== undefined && { began }),
    ...(took !== undefined && { took }),
  };
}

import { type Measured, median } from './measure.js';

const JOBS = {
  reapply: 're-apply, nothing to do, gates included',
  port: 'change of one peer’s port',
  first: 'first apply, packages in place',
  check: 'check alone',
} as const;

const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '-');

const spread = (values: readonly number[]): string =>
  values.length === 0 ? '-' : `${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;

/** What is to be known beside the numbers: rounds in which the contender's own proof failed. */
const noteOf = ({ seconds, failures }: Measured): string =>
  failures.length === 0 ? '' : ` (failed ${failures.length} of ${seconds.length + failures.length} rounds)`;

/** Rows grouped by job and size: median, spread, and how many times Bridgehead's median. */
function rowsOf(results: readonly Measured[]): { title: string; cells: string[][] }[] {
  const groups = new Map<string, Measured[]>();
  for (const one of results) groups.set(groupOf(one), [...(groups.get(groupOf(one)) ?? []), one]);
  return [...groups].map(([title, group]) => {
    const own = median(group.find(({ contender }) => contender === 'Bridgehead')?.seconds ?? []);
    const cells = group.map((one) => [
      `${one.contender}${noteOf(one)}`,
      fixed(median(one.seconds)),
      spread(one.seconds),
      fixed(median(one.seconds) / own),
    ]);
    return { title, cells };
  });
}

const groupOf = ({ job, size, delayed }: Measured): string =>
  `${size} nodes${delayed ? ', 50 ms each way' : ''}: ${JOBS[job]}`;

/** A Markdown table for each job and size. */
export function markdown(results: readonly Measured[]): string {
  return rowsOf(results)
    .map(({ title, cells }) => {
      const rows = cells.map((row) => `| ${row.join(' | ')} |`);
      return [
        `**${title}**`,
        '',
        '| tool | median s | spread s | times Bridgehead |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

const BAR = 18;

/** Bars of the medians, one group under the other. */
export function picture(results: readonly Measured[]): string {
  const rows = rowsOf(results).flatMap(({ title, cells }) => [
    { title },
    ...cells.flatMap(([name = '', value = '']) =>
      value === '-' ? [] : [{ name: name.replace(/ \(failed.*/, ' *'), value: Number(value) }],
    ),
  ]);
  const longest = Math.max(0.01, ...rows.map((row) => ('value' in row ? row.value : 0)));
  const lines = rows.map((row, index) => {
    const y = 10 + index * (BAR + 6);
    if ('title' in row) return `<text x="10" y="${y + 14}" font-weight="bold">${row.title}</text>`;
    const width = Math.max(1, (row.value / longest) * 480);
    const fill = /^Bridgehead\b/.test(row.name) ? '#1a7f5a' : '#9aa5b1';
    return `<text x="160" y="${y + 14}" text-anchor="end">${row.name}</text><rect x="170" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/><text x="${(176 + width).toFixed(1)}" y="${y + 14}">${row.value.toFixed(2)} s</text>`;
  });
  const height = 20 + rows.length * (BAR + 6);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="${height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>\n${lines.join('\n')}\n</svg>\n`;
}

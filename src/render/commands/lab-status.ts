import type { LabStatus } from '../../lab/types.js';
import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';

/** The state of a lab, for people. Ends with a newline. */
export function labStatusText(status: LabStatus, paint: Paint): string {
  const { name, state, since, current, laptop, machines } = status;
  const colour = state === 'up' ? paint.good : state === 'down' ? paint.faint : paint.warn;
  const head = `lab ${name}: ${colour(state)}${since === undefined ? '' : ` since ${since}`}`;
  const lines = [head];
  if (current === false)
    lines.push(paint.warn('  the inventory has changed since the lab was built: run lab down, then lab up'));
  if (state === 'dead')
    lines.push('  its processes are gone; `bridgehead lab down` clears what they left behind');
  if (laptop !== undefined) {
    lines.push(
      `  laptop ${laptop.site === undefined ? 'on the internet' : `in ${laptop.site}`}  ${laptop.addresses.join(', ')}`,
    );
  }
  const rows = machines.map(({ node, release, state: machine, failedUnits }) => [
    node,
    release,
    machine === 'running' ? paint.good(machine) : paint.warn(machine),
    failedUnits.length === 0 ? '' : `failed: ${failedUnits.join(', ')}`,
  ]);
  if (rows.length > 0) lines.push(indent(table(rows).join('\n'), 2));
  return `${lines.join('\n')}\n`;
}

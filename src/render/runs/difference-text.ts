import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';
import { type GateAnswer, isSame, type PlannedOn, type RunDifferences, type RunError } from './compare.js';

/** What is different between two runs: `-` only in the first, `+` only in the second. Ends with a newline. */
export function differenceText(differences: RunDifferences, paint: Paint): string {
  if (isSame(differences))
    return 'no difference: the same inventory, playbook, nodes, changes, gates and end\n';
  const { inventory, playbook, ended, errors, nodes, gates, changes } = differences;
  const given = [...(inventory ? ['the inventory'] : []), ...(playbook ? ['the playbook'] : [])];
  return [
    given.length === 0 ? '' : `${given.join(' and ')} changed in between\n`,
    section('ended', ended.before === ended.after ? [] : signed([ended.before], [ended.after], paint)),
    section('errors', signed(errors.onlyBefore.map(errorText), errors.onlyAfter.map(errorText), paint)),
    section('nodes', signed(nodes.onlyBefore, nodes.onlyAfter, paint)),
    section(
      'gates',
      gates.flatMap((gate) => [
        `${paint.strong(`${gate.phase} / ${gate.gate}`)}`,
        ...table([row('-', gate.before, paint), row('+', gate.after, paint)]).map((line) => indent(line, 2)),
      ]),
    ),
    section('changes', signed(grouped(changes.onlyBefore), grouped(changes.onlyAfter), paint)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `${indent(line, 2)}\n`).join('')}`;

const signed = (before: readonly string[], after: readonly string[], paint: Paint): string[] => [
  ...before.map((text) => paint.bad(`- ${text}`)),
  ...after.map((text) => paint.good(`+ ${text}`)),
];

const errorText = ({ code, node, message }: RunError): string =>
  `${node === undefined ? '' : `${node}: `}${code}  ${message.split('\n')[0]}`;

function row(sign: '-' | '+', gate: GateAnswer | undefined, paint: Paint): string[] {
  if (gate === undefined) return [sign, 'not measured'];
  const tone = gate.answer === 'GO' ? paint.good : paint.bad;
  return [sign, tone(gate.answer), gate.summary];
}

/** The same change on several nodes is one line. */
function grouped(planned: readonly PlannedOn[]): string[] {
  const nodes = new Map<string, string[]>();
  for (const { phase, node, change } of planned) {
    const key = `${phase}: ${change}`;
    nodes.set(key, [...(nodes.get(key) ?? []), node]);
  }
  return [...nodes].map(([change, on]) =>
    on.length > 4 ? `${change} (on ${count(on.length, 'node')})` : `${change} (on ${on.join(', ')})`,
  );
}

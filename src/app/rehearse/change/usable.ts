import { EXIT } from '../../../core/errors.js';
import { type Plain, parseYaml, readText } from '../../../document/index.js';
import { stepsToChange } from '../../../render/report/record.js';
import type { Command } from '../../../runner/events/commands.js';
import type { GivenFiles } from '../../../runner/journal/given.js';
import type { Journaled } from './journaled.js';

/** Commands that bring every node to the inventory that they keep. */
const WHOLE: ReadonlySet<Command> = new Set(['apply', 'renumber', 'plan']);

/** Why the inventory that a run keeps isn't what the complete network had after it; undefined if it is. */
export function unusable({ record }: Journaled, given: GivenFiles): string | undefined {
  const { started, ended, phases, leftOut } = record;
  if (started === undefined || ended === undefined) return 'did not end';
  const { command } = started;
  if (command === 'check') return 'was a check, which does not compare the nodes with the inventory';
  if (!WHOLE.has(command))
    return `was ${a(command)}, which does not apply an inventory to the complete network`;
  if (command === 'plan' && stepsToChange(record).length > 0) return 'was a plan, which changes nothing';
  if (ended.exit !== EXIT.go) return 'did not end in GO, so it did not leave what its inventory says';
  if (command !== 'plan' && !started.phases.every(({ name }) => phases.get(name) === 'go'))
    return 'changed nothing: its plan was declined';
  if (started.shard !== undefined) {
    return `was shard ${started.shard.index} of ${started.shard.of}, and left out the other nodes`;
  }
  const nodes = new Set(started.nodes);
  for (const { node } of leftOut) nodes.delete(node);
  const missing = without(namesOf(given.inventory, 'nodes'), nodes);
  if (missing !== undefined) return `left out ${missing}`;
  const unselected = without(
    namesOf(given.playbook, 'phases'),
    new Set(started.phases.map(({ name }) => name)),
  );
  return unselected === undefined ? undefined : `left out phase ${unselected}`;
}

const a = (command: Command): string => `${/^[aeu]/.test(command) ? 'an' : 'a'} ${command}`;

function without(all: readonly string[], some: ReadonlySet<string>): string | undefined {
  const missing = all.filter((name) => !some.has(name));
  return missing.length === 0 ? undefined : missing.join(', ');
}

/** The names in a list or the keys of a mapping, without deep phases, which change nothing; none if the run didn't keep the file. */
function namesOf(file: string | undefined, what: 'nodes' | 'phases'): string[] {
  if (file === undefined) return [];
  const value = parseYaml(file, readText(file)).value[what] ?? {};
  return Array.isArray(value) ? value.flatMap(nameIn) : Object.keys(value);
}

function nameIn(item: Plain): string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || item['deep'] === true) return [];
  const { name } = item;
  return typeof name === 'string' ? [name] : [];
}

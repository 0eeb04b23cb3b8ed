import { InputError, type Problem } from '../core/errors.js';
import {
  check,
  didYouMean,
  inOrder,
  isAtOrBelow,
  loadDocument,
  madeOf,
  type Plain,
  type Position,
  showPath,
  type YamlDocument,
} from '../document/index.js';
import { GATE_KINDS, STEP_KINDS } from '../layers/index.js';
import { playbookSchema } from './schema.js';
import { type Gate, type Phase, type Playbook, type Step, selectorPlace } from './types.js';

type Path = readonly (string | number)[];
type Item = Readonly<Record<string, unknown>>;

interface RawPhase {
  readonly name: string;
  readonly description?: string;
  readonly deep?: boolean;
  readonly steps?: readonly Item[];
  readonly gates?: readonly Item[];
}

const TARGET_KEYS = new Set(['name', 'on', 'optional', 'when', 'guard']);

/** The one key of a step or gate that names its kind. */
function kindsOf(item: Item): string[] {
  return Object.keys(item).filter((key) => !TARGET_KEYS.has(key));
}

function problemAt(document: YamlDocument, path: Path, message: string, fix: string): Problem {
  return { file: document.file, ...document.position(path), path: showPath(path), message, fix };
}

function checkItem(
  document: YamlDocument,
  path: Path,
  item: Item | null,
  noun: string,
  known: readonly string[],
): Problem[] {
  if (item === null) return [];
  const kinds = kindsOf(item);
  if (kinds.length === 1) return [];
  const message =
    kinds.length === 0 ? `names no ${noun}` : `names ${kinds.length} ${noun}s (${kinds.join(', ')})`;
  return [problemAt(document, path, message, `each entry must have exactly one of: ${known.join(', ')}`)];
}

function checkPhases(document: YamlDocument, phases: readonly (Partial<RawPhase> | null)[]): Problem[] {
  const named = new Set<string>();
  return phases.flatMap((phase, index) => {
    if (phase === null) return [];
    const path = ['phases', index];
    const isRepeated = phase.name !== undefined && named.has(phase.name);
    if (phase.name !== undefined) named.add(phase.name);
    return [
      ...(isRepeated
        ? [
            problemAt(
              document,
              [...path, 'name'],
              `phase "${phase.name}" is defined twice`,
              'give each phase its own name',
            ),
          ]
        : []),
      ...(phase.deep === true && (phase.steps ?? []).length > 0
        ? [
            problemAt(
              document,
              [...path, 'steps'],
              'a deep phase has gates only',
              'move its steps to a phase of their own',
            ),
          ]
        : []),
      ...(phase.steps ?? []).flatMap((item, at) =>
        checkItem(document, [...path, 'steps', at], item, 'step', [...STEP_KINDS.keys()]),
      ),
      ...(phase.gates ?? []).flatMap((item, at) =>
        checkItem(document, [...path, 'gates', at], item, 'gate', [...GATE_KINDS.keys()]),
      ),
    ];
  });
}

function selectors(on: unknown): string[] {
  if (on === undefined) return ['all'];
  return Array.isArray(on) ? on.map(String) : [String(on)];
}

/** The name of an entry without a name in the task tree. */
function defaultName(kind: string, params: unknown): string {
  const words = params && typeof params === 'object' ? Object.values(params).flat() : [];
  const plain = words.filter((word) => typeof word === 'string' && word.length <= 40 && !word.includes('\n'));
  return [kind, ...plain.slice(0, 3)].join(' ');
}

function normalizeStep(item: Item, id: string): Step {
  const kind = kindsOf(item)[0] ?? '';
  const params = item[kind] ?? {};
  return {
    id,
    kind,
    name: typeof item['name'] === 'string' ? item['name'] : defaultName(kind, params),
    on: selectors(item['on']),
    ...(item['optional'] === true ? { optional: true } : {}),
    ...(typeof item['when'] === 'string' ? { when: item['when'] } : {}),
    ...(typeof item['guard'] === 'boolean' ? { guard: item['guard'] } : {}),
    params,
  };
}

function normalizeGate(item: Item, id: string): Gate {
  const kind = kindsOf(item)[0] ?? '';
  const params = item[kind] ?? {};
  return {
    id,
    kind,
    name: typeof item['name'] === 'string' ? item['name'] : kind,
    on: selectors(item['on']),
    ...(item['optional'] === true ? { optional: true } : {}),
    params,
  };
}

function normalizePhase(raw: RawPhase): Phase {
  return {
    name: raw.name,
    ...(raw.description === undefined ? {} : { description: raw.description }),
    ...(raw.deep === true ? { deep: true } : {}),
    steps: (raw.steps ?? []).map((item, index) => normalizeStep(item, stepId(raw.name, index))),
    gates: (raw.gates ?? []).map((item, index) => normalizeGate(item, gateId(raw.name, index))),
  };
}

/** Loads and validates a playbook; throws InputError with every problem. */
export async function loadPlaybook(file: string): Promise<Playbook> {
  const document = await loadDocument(file);
  const { nodes, phases } = document.value;
  if (phases === undefined && nodes !== undefined) {
    throw new InputError([
      document.problem(['nodes'], 'is an inventory', 'name it with -i; -p is for a playbook', 'key'),
    ]);
  }
  const { problems, sound } = check(document, playbookSchema());
  // Of what the schema refused, the rest would only be guessed.
  const isRefused = ({ path = '' }: Problem) => problems.some((problem) => isAtOrBelow(problem.path, path));
  const further = checkPhases(document, phasesIn(sound)).filter((problem) => !isRefused(problem));
  const all = inOrder([...problems, ...further]);
  if (all.length > 0) throw new InputError(all);
  const raw = document.value as unknown as { name: string; description?: string; phases: RawPhase[] };
  const playbook = {
    file,
    name: raw.name,
    ...(raw.description === undefined ? {} : { description: raw.description }),
    phases: raw.phases.map(normalizePhase),
    places: placesOf(document, raw.phases),
  };
  return madeOf(playbook, document);
}

/** Phases as far as the schema accepted them; what it refused in a list is null. */
function phasesIn(sound: Plain): (Partial<RawPhase> | null)[] {
  const phases = (sound as { readonly phases?: unknown } | null)?.phases;
  return Array.isArray(phases) ? phases : [];
}

const stepId = (phase: string, index: number): string => `${phase}.step-${index + 1}`;
const gateId = (phase: string, index: number): string => `${phase}.gate-${index + 1}`;

function placesOf(document: YamlDocument, phases: readonly RawPhase[]): Map<string, Position> {
  const places = new Map<string, Position>();
  const note = (key: string, path: Path): void => {
    const place = document.position(path);
    if (place) places.set(key, place);
  };
  const noteEntry = (id: string, path: Path, { on }: Item): void => {
    note(id, path);
    for (const index of selectors(on).keys()) {
      const at = [...path, 'on', ...(Array.isArray(on) ? [index] : [])];
      note(selectorPlace(id, index), at);
    }
  };
  for (const [at, { name, steps = [], gates = [] }] of phases.entries()) {
    for (const [i, item] of steps.entries()) noteEntry(stepId(name, i), ['phases', at, 'steps', i], item);
    for (const [i, item] of gates.entries()) noteEntry(gateId(name, i), ['phases', at, 'gates', i], item);
  }
  return places;
}

/** Problem of a name that isn't among the known ones, with the nearest. */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  const guess = didYouMean(name, known);
  return `unknown ${noun} "${name}"${guess ? ` (${guess})` : ''}; known: ${known.join(', ')}`;
}

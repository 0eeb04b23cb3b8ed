import { InputError, type Problem } from '../core/errors.js';
import {
  check,
  didYouMean,
  inOrder,
  isAtOrBelow,
  loadDocument,
  madeOf,
  type Plain,
  showPath,
  type YamlDocument,
} from '../document/index.js';
import { GATE_KINDS, STEP_KINDS } from '../layers/index.js';
import { gateId, type Item, kindsOf, normalizePhase, placesOf, type RawPhase, stepId } from './normalize.js';
import { playbookSchema } from './schema.js';
import type { Playbook } from './types.js';

type Path = readonly (string | number)[];

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

/** A playbook, with what is wrong with it. */
export interface ReadPlaybook {
  readonly problems: readonly Problem[];
  /** As far as it is sound. */
  readonly playbook: Playbook;
  /** Ids of its steps and gates with a mistake that isn't about where they are: of these, only `on` may be judged. */
  readonly doubtful: ReadonlySet<string>;
}

/** Loads and validates a playbook; throws InputError with every problem. */
export async function loadPlaybook(file: string): Promise<Playbook> {
  const { problems, playbook } = readPlaybook(file);
  if (problems.length > 0) throw new InputError(problems);
  return playbook;
}

/** The same, where its mistakes are to be reported together with others. Throws InputError if nothing of it can be judged. */
export function readPlaybook(file: string): ReadPlaybook {
  const document = loadDocument(file);
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
  const { name, description } = (sound ?? {}) as { readonly name?: string; readonly description?: string };
  const { raw, doubtful } = placedPhases(phasesIn(sound), all);
  const playbook = {
    file,
    name: name ?? '',
    ...(description === undefined ? {} : { description }),
    phases: raw.map(normalizePhase),
    places: placesOf(document, raw),
  };
  return { problems: all, playbook: madeOf(playbook, document), doubtful };
}

/** Phases whose steps and gates can be laid out: without those of which it isn't known where they are. */
function placedPhases(phases: readonly (Partial<RawPhase> | null)[], problems: readonly Problem[]) {
  const doubtful = new Set<string>();
  const isFlawed = (path: Path): boolean => problems.some((one) => isAtOrBelow(one.path, showPath(path)));
  const placed = (items: RawPhase['steps'], at: Path, idOf: (index: number) => string) =>
    items?.map((item, index) => {
      const path = [...at, index];
      if (isFlawed(path)) doubtful.add(idOf(index));
      return isFlawed([...path, 'on']) || isFlawed([...path, 'optional']) ? null : item;
    });
  const raw = phases.map((phase, index): RawPhase => {
    const path = ['phases', index];
    const name = phase?.name === undefined || isFlawed([...path, 'name']) ? showPath(path) : phase.name;
    const steps = placed(phase?.steps, [...path, 'steps'], (i) => stepId(name, i));
    const gates = placed(phase?.gates, [...path, 'gates'], (i) => gateId(name, i));
    return { ...phase, name, ...(steps && { steps }), ...(gates && { gates }) };
  });
  return { raw, doubtful };
}

/** Phases as far as the schema accepted them; what it refused in a list is null. */
function phasesIn(sound: Plain): (Partial<RawPhase> | null)[] {
  const phases = (sound as { readonly phases?: unknown } | null)?.phases;
  return Array.isArray(phases) ? phases : [];
}

/** Problem of a name that isn't among the known ones, with the nearest. */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  const guess = didYouMean(name, known);
  return `unknown ${noun} "${name}"${guess ? ` (${guess})` : ''}; known: ${known.join(', ')}`;
}

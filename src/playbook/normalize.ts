import type { Position, YamlDocument } from '../document/index.js';
import { type Gate, type Phase, type Step, selectorPlace } from './types.js';

type Path = readonly (string | number)[];
export type Item = Readonly<Record<string, unknown>>;

export interface RawPhase {
  readonly name: string;
  readonly description?: string;
  readonly deep?: boolean;
  /** What was refused is null. */
  readonly steps?: readonly (Item | null)[];
  readonly gates?: readonly (Item | null)[];
}

const TARGET_KEYS = new Set(['name', 'on', 'optional', 'when', 'guard']);

/** The one key of a step or gate that names its kind. */
export function kindsOf(item: Item): string[] {
  return Object.keys(item).filter((key) => !TARGET_KEYS.has(key));
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

export function normalizePhase(raw: RawPhase): Phase {
  return {
    name: raw.name,
    ...(raw.description === undefined ? {} : { description: raw.description }),
    ...(raw.deep === true ? { deep: true } : {}),
    steps: (raw.steps ?? []).flatMap((item, i) =>
      item === null ? [] : [normalizeStep(item, stepId(raw.name, i))],
    ),
    gates: (raw.gates ?? []).flatMap((item, i) =>
      item === null ? [] : [normalizeGate(item, gateId(raw.name, i))],
    ),
  };
}

export const stepId = (phase: string, index: number): string => `${phase}.step-${index + 1}`;
export const gateId = (phase: string, index: number): string => `${phase}.gate-${index + 1}`;

export function placesOf(document: YamlDocument, phases: readonly RawPhase[]): Map<string, Position> {
  const places = new Map<string, Position>();
  const note = (key: string, path: Path): void => {
    const place = document.position(path);
    if (place) places.set(key, place);
  };
  const noteEntry = (id: string, path: Path, item: Item | null): void => {
    if (item === null) return;
    const { on } = item;
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

import type { Survey } from '../survey/survey.js';
import { draftOf, fingerprintOf, wanted } from './derived.js';
import { addedTo, joined, modeOf } from './mode.js';
import { QUESTIONS, questionOf } from './questions.js';
import type { Answers, AnswerValues, Key, Question, Work, World } from './types.js';

/** The state of a conversation. */
export interface Talk {
  readonly world: World;
  /** Keys in the order in which the user answered them. */
  readonly order: readonly Key[];
}

export type Step =
  | { readonly type: 'ask'; readonly question: Question }
  | { readonly type: 'work'; readonly work: Work }
  | { readonly type: 'end' };

/** The work to do before the question of each key; the last one comes after all questions. */
const BEFORE: Readonly<Partial<Record<Key, readonly Work[]>>> = {
  hostKeys: ['survey'],
  forwarded: ['write'],
  rehearse: ['measure'],
  apply: ['rehearse', 'plan'],
};
const LAST: readonly Work[] = ['apply', 'phones'];

/** What is next: the first open question, or the work that has to be done before it. */
export function nextStep(world: World): Step {
  for (const question of QUESTIONS) {
    const work = BEFORE[question.key]?.find((one) => isDue(one, world));
    if (work !== undefined) return { type: 'work', work };
    if (question.isOpen(world)) return { type: 'ask', question };
  }
  const work = LAST.find((one) => isDue(one, world));
  return work === undefined ? { type: 'end' } : { type: 'work', work };
}

/** The input of each piece of work: when that changes, it is due again. */
export function purposeOf(work: Work, world: World): string {
  if (work === 'survey') {
    const { hostKeys = [] } = world.answers;
    return fingerprintOf([wanted(world), hostKeys, addedTo(world)?.file, joined(world)?.name]);
  }
  return modeOf(world) === 'keep' ? 'inventory' : fingerprintOf(draftOf(world));
}

function isDue(work: Work, world: World): boolean {
  const { answers, done } = world;
  const isKept = modeOf(world) === 'keep';
  const isWanted: Readonly<Record<Work, () => boolean>> = {
    survey: () => !isKept,
    // What was written before the user went back is unwritten.
    write: () => !isKept || done.write !== undefined,
    measure: () => answers.forwarded !== 'later',
    rehearse: () => answers.rehearse === true,
    plan: () => answers.apply === undefined,
    apply: () => answers.apply === true,
    phones: () => answers.apply === true && clientsOf(world).length > 0,
  };
  return isWanted[work]() && done[work] !== purposeOf(work, world);
}

/** Clients that have no key yet. */
function clientsOf(world: World): readonly string[] {
  if (modeOf(world) === 'new') return world.answers.clients ?? [];
  return (world.seen.existing?.networks ?? []).flatMap(({ clients }) =>
    clients.filter(({ publicKey }) => publicKey === undefined).map(({ name }) => name),
  );
}

/** Corrections of what was detected, which is shown again after each. */
const CORRECTIONS: ReadonlySet<Key> = new Set(['names', 'sites', 'public']);

export function answered<K extends Key>({ world, order }: Talk, key: K, value: AnswerValues[K]): Talk {
  const { found, ...others } = world.answers;
  const isCorrection = CORRECTIONS.has(key);
  const answers: Answers = { ...(isCorrection ? others : world.answers), [key]: value };
  // Machines that failed are tried again.
  const { survey, ...rest } = world.done;
  const done = key === 'leaveOut' ? rest : world.done;
  return {
    world: { ...world, answers, done },
    order: [...order.filter((one) => one !== key && !(isCorrection && one === 'found')), key],
  };
}

/** Without an answer, so that its question is open again. */
export function reopened({ world, order }: Talk, key: Key): Talk {
  const { [key]: _gone, ...answers } = world.answers;
  return { world: { ...world, answers }, order: order.filter((one) => one !== key) };
}

/** The question that is asked again if work was not GO. */
const AGAIN: Readonly<Partial<Record<Work, Key>>> = {
  measure: 'forwarded',
  rehearse: 'rehearse',
  apply: 'apply',
};

/** The same after work that was not GO. */
export function reopenedAfter(talk: Talk, work: Work): Talk {
  const again = AGAIN[work];
  return again === undefined ? talk : reopened(talk, again);
}

/** With what was found out about the machines. */
export const surveyed = ({ world, order }: Talk, survey: Survey): Talk => ({
  world: { ...world, seen: { ...world.seen, survey } },
  order,
});

/** Once the user's old inventory is kept under another name, there is none to be asked about. */
export function startedAnew({ world, order }: Talk): Talk {
  const { existing: _kept, ...seen } = world.seen;
  const { existing: _answer, ...answers } = world.answers;
  return { world: { ...world, seen, answers }, order: order.filter((key) => key !== 'existing') };
}

/** One question back; the same talk if none was answered yet. */
export function back(talk: Talk): Talk {
  const last = talk.order.at(-1);
  return last === undefined ? talk : reopened(talk, last);
}

export function finished(talk: Talk, work: Work): Talk {
  const { world } = talk;
  return { ...talk, world: { ...world, done: { ...world.done, [work]: purposeOf(work, world) } } };
}

/** What is wrong with an answer, as its question checks it. */
export function faultOf<K extends Key>(key: K, value: AnswerValues[K], world: World): string | undefined {
  const one = questionOf(key);
  const choices = one.kind === 'choice' ? one.choices?.(world).map((choice) => choice.value) : undefined;
  if (choices !== undefined && !choices.includes(String(value))) {
    return `"${value}" is not a choice here; choose from: ${choices.join(', ')}`;
  }
  return one.check?.(value as never, world);
}

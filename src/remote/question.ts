import type { FragmentReply } from './program.js';
import { quote } from './quote.js';
import { lines, type Sh } from './script.js';

/** What to ask a node, and how to read its answer. */
export interface Question<T> {
  /** POSIX sh that only reads. */
  readonly script: Sh;
  /** Throws if the answer can't be read. */
  parse(reply: FragmentReply): T;
}

/** The same question, with its answer mapped. */
export function mapped<T, U>({ script, parse }: Question<T>, change: (answer: T) => U): Question<U> {
  return { script, parse: (reply) => change(parse(reply)) };
}

/** The same question, asked only if an sh condition holds; otherwise the answer is an empty text. */
export function when<T>(condition: string, { script, parse }: Question<T>): Question<T> {
  return { script: lines(`if ${condition}; then`, script, 'fi'), parse };
}

const MARK = '@@ part ';

/** Each part's output as its reply; parts without output in the answer are missing. */
function cut(names: readonly string[], reply: FragmentReply): ReadonlyMap<string, FragmentReply> {
  const text = `\n${reply.stdout}`;
  const found: { readonly name: string; readonly at: number; readonly from: number }[] = [];
  for (const name of names) {
    const mark = `\n${MARK}${name}\n`;
    // A part's output ends with the newline that the next mark begins with.
    const at = text.indexOf(mark, Math.max(0, (found.at(-1)?.from ?? 0) - 1));
    if (at >= 0) found.push({ name, at, from: at + mark.length });
  }
  return new Map(
    found.map(({ name, from }, index) => {
      const end = found[index + 1]?.at;
      return [name, { ...reply, stdout: end === undefined ? text.slice(from) : text.slice(from, end + 1) }];
    }),
  );
}

/**
 * A question for each name, combined into one; a name without an answer is missing. Scripts share variables, and none
 * may `exit`. A script whose answer may contain any text must be the last.
 */
export function byName<T>(
  names: readonly string[],
  questionOf: (name: string) => Question<T>,
): Question<ReadonlyMap<string, T>> {
  const questions = names.map((name) => [name, questionOf(name)] as const);
  return {
    script: lines(...questions.flatMap(([name, { script }]) => [`echo ${quote(MARK + name)}`, script])),
    parse: (reply) => {
      const parts = cut(names, reply);
      return new Map(
        questions.flatMap(([name, question]) => {
          const part = parts.get(name);
          return part === undefined ? [] : [[name, question.parse(part)] as const];
        }),
      );
    },
  };
}

type Answers<Q> = { readonly [K in keyof Q]: Q[K] extends Question<infer T> ? T : never };

/** Several questions combined as in {@link byName}, in the order of the keys; one without an answer parses an empty text. */
export function inParts<Q extends Readonly<Record<string, Question<unknown>>>>(
  questions: Q,
): Question<Answers<Q>> {
  const names = Object.keys(questions);
  const asked = (name: string): Question<unknown> => questions[name] as Question<unknown>;
  return {
    script: byName(names, asked).script,
    parse: (reply) => {
      const parts = cut(names, reply);
      return Object.fromEntries(
        names.map((name) => [name, asked(name).parse(parts.get(name) ?? { ...reply, stdout: '' })]),
      ) as Answers<Q>;
    },
  };
}

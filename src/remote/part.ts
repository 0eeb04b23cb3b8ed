import type { Fragment, FragmentReply } from './program.js';

/** One thing that a program asks or does, and what its reply says. */
export interface Part<T> extends Fragment {
  /** Throws GarbledReply if the reply can't be read. */
  parse(reply: FragmentReply): T;
}

/** The node refused; `reason` is its answer, not yet sanitized. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

export type Done = { readonly kind: 'done' } | Refused;

/** The result of one part, from its program's replies; undefined if it wasn't reached. */
export function answerTo<T>(replies: ReadonlyMap<string, FragmentReply>, part: Part<T>): T | undefined {
  const reply = replies.get(part.id);
  return reply && part.parse(reply);
}

/** The reason that a fragment gave for refusing; never empty. */
export function reasonOf(reply: FragmentReply): string {
  return reply.stderr.trim() || `it ended with status ${reply.code} without any output`;
}

export const refusedBy = (reply: FragmentReply): Refused => ({ kind: 'refused', reason: reasonOf(reply) });

/** The result of a part for which only the exit status matters. */
export const doneOrRefused = (reply: FragmentReply): Done =>
  reply.code === 0 ? { kind: 'done' } : refusedBy(reply);

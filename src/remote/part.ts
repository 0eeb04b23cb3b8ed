import type { Fragment, FragmentReply } from './program.js';

/** One thing that a program asks or does, and what its reply says. */
export interface Part<T> extends Fragment {
  /** Throws GarbledReply where the reply can't be read. */
  parse(reply: FragmentReply): T;
}

/** The node said no; `reason` is what it said, not yet sanitized. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

export type Done = { readonly kind: 'done' } | Refused;

/** What a program's replies say to one of its parts; undefined where it wasn't reached. */
export function answerTo<T>(replies: ReadonlyMap<string, FragmentReply>, part: Part<T>): T | undefined {
  const reply = replies.get(part.id);
  return reply && part.parse(reply);
}

/** What a fragment that refused said; never empty. */
export function reasonOf(reply: FragmentReply): string {
  return reply.stderr.trim() || `it ended with status ${reply.code} without any output`;
}

export const refusedBy = (reply: FragmentReply): Refused => ({ kind: 'refused', reason: reasonOf(reply) });

/** How something ended whose exit status says it all. */
export const doneOrRefused = (reply: FragmentReply): Done =>
  reply.code === 0 ? { kind: 'done' } : refusedBy(reply);

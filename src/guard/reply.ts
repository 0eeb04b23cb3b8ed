import type { FragmentReply } from '../remote/program.js';

/** The lines `@key value` of a reply, in order. */
export function markedLines(reply: FragmentReply): readonly (readonly [key: string, value: string])[] {
  return reply.stdout
    .split('\n')
    .filter((line) => line.startsWith('@'))
    .map((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? [line.slice(1), ''] : [line.slice(1, space), line.slice(space + 1)];
    });
}

/** All values of a key. */
export function valuesOf(reply: FragmentReply, key: string): string[] {
  return markedLines(reply).flatMap(([name, value]) => (name === key ? [value] : []));
}

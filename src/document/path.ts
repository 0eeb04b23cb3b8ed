/** Keys and indexes that lead from the top of a document to one value. */
export type Path = readonly (string | number)[];

/** A path as one key, in the form of a JSON pointer. */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The path of a JSON pointer. */
export function fromPointer(text: string): string[] {
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a path as people read it is another one, or leads further into its value. */
export const isAtOrBelow = (path: string | undefined, base: string): boolean =>
  path === base || path?.startsWith(`${base}.`) === true || path?.startsWith(`${base}[`) === true;

/** The path as people read it: `sites.home.forwards[0].node`; odd keys are in quotes. */
export function showPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number' || /^\d+$/.test(part)) text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${/^[\w<=@+-]+$/.test(part) ? part : show(part)}`;
  }
  return text;
}

const LONGEST_SHOWN = 80;
/** Invisible or direction-changing characters that JSON leaves as they are. */
const UNSEEN = /[\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/** A value from the file in quotes, cut to 80 characters, without control characters. */
export function show(value: unknown): string {
  const whole = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const cut = whole.length > LONGEST_SHOWN ? `${whole.slice(0, LONGEST_SHOWN)}…` : whole;
  const text = typeof value === 'string' ? JSON.stringify(cut) : cut;
  return text.replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

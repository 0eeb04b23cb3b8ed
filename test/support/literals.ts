/** A text in a source file. */
export interface Literal {
  /** As it reads, with `…` where a template puts something in. */
  readonly text: string;
  /** What stands before, between and after what a template puts in. */
  readonly parts: readonly string[];
  /** From 1. */
  readonly line: number;
  /** The code before it since the last statement's end, comments and other texts left out. */
  readonly before: string;
}

const REGEX_MAY_FOLLOW = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\breturn|\bcase|\btypeof)\s*$/;
const REGEX = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const QUOTED = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;

/** All texts of a TypeScript source, in the order in which they end. */
export function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  let at = 0;
  let code = '';
  const line = (offset: number): number => source.slice(0, offset).split('\n').length;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) at += text.length;
    return text;
  };
  const template = (): void => {
    const [begin, before] = [at, code];
    const parts: string[] = [];
    let part = '';
    at += 1;
    while (at < source.length && source[at] !== '`') {
      if (source.startsWith('${', at)) {
        at += 2;
        walk('}');
        parts.push(part);
        part = '';
      } else if (source[at] === '\\') {
        part += source[at + 1] ?? '';
        at += 2;
      } else {
        part += source[at];
        at += 1;
      }
    }
    at += 1;
    code = `${before}''`;
    parts.push(part);
    found.push({ text: parts.join('…'), parts, line: line(begin), before });
  };
  /** Goes on to the bracket that closes what was opened before. */
  const walk = (end?: string): void => {
    let depth = 0;
    while (at < source.length) {
      const char = source[at] ?? '';
      if (take(COMMENT) !== undefined) continue;
      const begin = at;
      const quoted = take(QUOTED);
      if (quoted !== undefined) {
        const text = quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
        found.push({ text, parts: [text], line: line(begin), before: code });
        code += "''";
      } else if (char === '`') template();
      else if (char === '/' && REGEX_MAY_FOLLOW.test(code.slice(-12)) && take(REGEX) !== undefined)
        code += '0';
      else {
        at += 1;
        if (char === end && depth === 0) return;
        if ('({['.includes(char)) depth += 1;
        if (')}]'.includes(char)) depth -= 1;
        code = char === ';' ? '' : code + char;
      }
    }
  };
  walk();
  return found;
}

// The sh and perl programs and the style sheets that have their own files, as the bundle, Node and Jest import them, and as
// machines and pages get them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const PROGRAM_FILE = /\.(sh|pl|css)$/;

/**
 * The program without indentation, comment lines and empty lines. Quoted text and here-documents stay as they are, except
 * for awk's programs, whose lines may begin anywhere.
 * @param {string} file Its ending is that of the language.
 */
export function stripped(text, file) {
  if (file.endsWith('.css')) return strippedStyle(text);
  return file.endsWith('.pl') ? strippedPerl(text, file) : strippedShell(text);
}

/** No string of a style sheet has a line of its own or a comment in it. */
const strippedStyle = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s+|\n\s*$/gm, '');

function strippedPerl(text, file) {
  if (/<<~?["'A-Z]|^=\w/m.test(text)) throw new Error(`${file}: no here-document and no pod may stand here`);
  return text.replace(/^[ \t]*(#.*)?(\n|$)/gm, '').replace(/^[ \t]+/gm, '');
}

/** Follows quotes, substitutions, `case` and here-documents, to know what the beginning of each line is inside of. */
function strippedShell(text) {
  const contexts = [];
  const documents = [];
  let out = '';
  let at = 0;
  const match = (pattern) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const skip = (pattern) => {
    at += match(pattern)[0].length;
  };
  const take = (count) => {
    out += text.slice(at, at + count);
    at += count;
  };
  const enter = (context) => {
    contexts.push(context);
    take(context.length);
  };
  while (at < text.length) {
    const context = contexts.at(-1);
    if (['"', '`', '${'].includes(context)) quoted(context);
    else code(context, out.at(-1) ?? '\n');
  }
  return out;

  function quoted(context) {
    const opening = match(/\$[({]/y)?.[0] ?? (context === '${' ? match(/"/y)?.[0] : undefined);
    if (opening !== undefined) return enter(opening);
    if (text[at] === (context === '${' ? '}' : context)) contexts.pop();
    take(text[at] === '\\' ? 2 : 1);
  }

  function code(context, before) {
    if (before === '\n') skip(/(?:[ \t]*(?:#.*)?\n)*[ \t]*(?:#.*$)?/y);
    const isWord = /[\s;&|()]/.test(before);
    const opening = match(/\$[({]|["`(]/y)?.[0];
    const name = isWord ? match(/[a-z]+\b/y)?.[0] : undefined;
    if (opening !== undefined) enter(opening);
    else if (before === ' ' && match(/\\\n/y)) skip(/\\\n[ \t]*/y);
    else if (text[at] === '\\') take(match(/\\(?:\n[ \t]*|[\s\S])/y)[0].length);
    else if (text[at] === "'") literal();
    else if (text[at] === '#' && isWord) take(match(/.*/y)[0].length);
    else if (match(/<<-?[\w'"\\]/y)) {
      documents.push(match(/<<-?[\\'"]?(\w+)/y)[1]);
      take(2);
    } else if (text[at] === '\n') {
      take(1);
      for (const end of documents.splice(0))
        take(match(new RegExp(`[\\s\\S]*?^\\t*${end}\n`, 'my'))[0].length);
    } else if (name === 'case') enter('case');
    else {
      if (name === 'esac' ? context === 'case' : text[at] === ')' && context?.endsWith('(')) contexts.pop();
      take(name?.length ?? 1);
    }
  }

  function literal() {
    const whole = match(/'[^']*'/y)[0];
    const isAwk = whole.startsWith("'\n") && /\bawk\b/.test(out.slice(out.lastIndexOf('\n') + 1));
    out += isAwk ? whole.replace(/\n[ \t]+/g, '\n') : whole;
    at += whole.length;
  }
}

/** For esbuild: such a file is a module whose default is its text. */
export const programFiles = {
  name: 'program-files',
  setup({ onLoad }) {
    onLoad({ filter: PROGRAM_FILE }, ({ path }) => ({
      contents: stripped(readFileSync(path, 'utf8'), path),
      loader: 'text',
    }));
  },
};

/** The same as JavaScript, for Node and Jest. */
export const moduleOf = (text, file) => `export default ${JSON.stringify(stripped(text, file))};\n`;

const own = readFileSync(fileURLToPath(import.meta.url));

/** Jest's transform. */
export default {
  process: (text, file) => ({ code: moduleOf(text, file) }),
  getCacheKey: (text, file) => createHash('sha256').update(own).update(file).update(text).digest('hex'),
};

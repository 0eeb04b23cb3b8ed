import { InputError, type Problem } from '../core/errors.js';
import { type Path, pointer, showPath } from './path.js';
import { type Plain, type Position, type Spot, toPlain } from './plain.js';
import { readText } from './read-text.js';
import { parseSyntax } from './syntax.js';

type PlainMapping = { readonly [key: string]: Plain };

/** A YAML file as plain data that knows the position of everything in the file. */
export class YamlDocument<Value = PlainMapping> {
  constructor(
    /** Path as the user gave it. */
    readonly file: string,
    /** JSON data whose objects have no prototype. */
    readonly value: Value,
    /** The file's text. */
    readonly text: string,
    private readonly spots: ReadonlyMap<string, Spot>,
  ) {}

  /** Where the value at a path begins; undefined if there is none. */
  position(path: Path): Position | undefined {
    return this.spots.get(pointer(path))?.value;
  }

  /** Where the key of the value at a path begins, or the value if it has no key. */
  keyPosition(path: Path): Position | undefined {
    const spot = this.spots.get(pointer(path));
    return spot?.key ?? spot?.value;
  }

  /** A scalar as the user wrote it, such as `10.0` for the number 10. */
  source(path: Path): string | undefined {
    return this.spots.get(pointer(path))?.source;
  }

  /** A problem at a path; if the file doesn't have the complete path, at the last part that it has. */
  problem(path: Path, message: string, fix?: string, at: 'value' | 'key' = 'value'): Problem {
    let known = path;
    while (known.length > 0 && !this.spots.has(pointer(known))) known = known.slice(0, -1);
    const whole = known.length === path.length;
    const place = at === 'value' && whole ? this.position(known) : this.keyPosition(known);
    return { file: this.file, ...place, path: showPath(path), message, ...(fix !== undefined && { fix }) };
  }
}

/** Reads and parses a YAML file (at most 1 MiB, YAML 1.2, one document, a mapping at the top). Throws InputError with every problem. */
export function loadDocument(file: string): YamlDocument {
  return parseYaml(file, readText(file));
}

/** The same for a text; `file` is only its name in problems. */
export function parseYaml(file: string, text: string): YamlDocument {
  return mapping(parseData(file, text));
}

/** The same for a document that needn't have a mapping at the top, such as JSON. */
export function parseData(file: string, text: string): YamlDocument<Plain> {
  const { tree, lines } = parseSyntax(file, text);
  const { value, spots, problems } = toPlain(file, tree, lines);
  if (problems.length > 0) throw new InputError(problems);
  return new YamlDocument(file, value, text, spots);
}

function mapping(document: YamlDocument<Plain>): YamlDocument {
  const { file, value } = document;
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return document as YamlDocument<typeof value>;
  }
  const empty = value === null;
  const message = empty ? 'is empty' : 'must be a mapping at the top level';
  const position = document.position([]) ?? { line: 1, column: 1 };
  throw new InputError([{ file, ...position, message, fix: 'write "key: value" lines' }]);
}

import { isAbsolute, relative, resolve } from 'node:path';
import { InputError } from '../../core/errors.js';
import { loadDocument, type YamlDocument } from '../../document/index.js';
import type { Places } from '../../render/report/annotations/annotations.js';
import type { Io } from '../terminal/io.js';

/** Where the inventory at this path has its nodes now; none if it can't be read any more. */
export function placesIn(file: string, io: Io): Places {
  const document = read(file);
  const nodes = Object.keys(document?.value['nodes'] ?? {}).flatMap((name) => {
    const position = document?.keyPosition(['nodes', name]);
    return position === undefined ? [] : [[name, position] as const];
  });
  return { file: inRepository(file, io), nodes: new Map(nodes) };
}

function read(file: string): YamlDocument | undefined {
  try {
    return loadDocument(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
}

/** A path as GitHub and GitLab find it: below the checkout, which they name. Another one stays as it is. */
export function inRepository(file: string, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const path = relative(env['GITHUB_WORKSPACE'] || env['CI_PROJECT_DIR'] || cwd, resolve(cwd, file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

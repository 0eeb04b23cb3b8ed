import type { Problem } from '../../../core/errors.js';
import { redact } from '../../../remote/redact.js';
import { sanitize } from '../../../remote/sanitize.js';
import type { Annotation } from './annotations.js';

/** What is wrong in the user's files, each problem at its place. */
export function annotationsOfProblems(problems: readonly Problem[]): Annotation[] {
  return problems.map(({ file, line, column, path, message, fix }) => ({
    level: 'error',
    title: path === undefined || path === '' ? 'bad input' : path,
    message: redact(sanitize(fix === undefined ? message : `${message}\nfix: ${fix}`)),
    file,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  }));
}

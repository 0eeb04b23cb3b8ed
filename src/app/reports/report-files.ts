import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError, messageOf, type Problem, systemCode } from '../../core/errors.js';
import { ANNOTATING, type Format } from '../../render/report/format-names.js';
import { WRITERS } from '../../render/report/formats.js';
import { githubProblems } from '../../render/report/github/github.js';
import { gitlabProblems } from '../../render/report/gitlab/code-quality.js';
import type { RunReport } from '../../render/report/run-report/types.js';
import type { Io } from '../terminal/io.js';
import { fileIdentity } from './file-identity.js';
import { inRepository, placesIn } from './inventory-places.js';

/** A report that is to be written. */
export interface ReportTarget {
  readonly format: Format;
  /** As the user named it; `-` is standard output. */
  readonly file: string;
}

export const STDOUT = '-';
const ANOTHER = 'choose another file for the report';

/**
 * Sees that the files can be written, and makes their folders, before there is anything to write. Throws one InputError; also
 * if two are the same file, or one is a file that is `read` for them.
 */
export function prepareReports(
  targets: readonly ReportTarget[],
  { io, read }: { readonly io: Io; readonly read: readonly string[] },
): void {
  const identity = (file: string) => (file === STDOUT ? STDOUT : fileIdentity(resolve(io.cwd, file)));
  const taken = new Set(read.map(identity));
  // Of all before the first folder is made, which would give a file in it another identity.
  const own = targets.map(({ file }) => identity(file));
  const problems = targets.flatMap(({ file }, index): Problem[] => {
    const one = own[index] ?? '';
    if (taken.has(one)) return [{ file, message: 'the run reads this file', fix: ANOTHER }];
    if (own.indexOf(one) < index) {
      return [{ file, message: 'two reports cannot be the same file', fix: 'name a file for each' }];
    }
    const message = file === STDOUT ? undefined : whyUnwritable(resolve(io.cwd, file));
    return message === undefined ? [] : [{ file, message, fix: ANOTHER }];
  });
  if (problems.length > 0) throw new InputError(problems);
}

function whyUnwritable(path: string): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) accessSync(dirname(path), constants.W_OK);
    else if (statSync(path).isDirectory()) return 'it is a folder';
    else accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return `cannot be written: ${code}`;
  }
}

/** Writes the reports, and replaces files that exist. Returns the problem of each that could not be made or written. */
export function writeReports(report: RunReport, targets: readonly ReportTarget[], io: Io): Problem[] {
  return writeTexts(targets, io, (format) =>
    WRITERS[format](report, isAnnotating(format) ? placesIn(report.inventory.file, io) : undefined),
  );
}

const PROBLEM_WRITERS: Readonly<
  Record<(typeof ANNOTATING)[number], (problems: readonly Problem[]) => string>
> = {
  github: githubProblems,
  gitlab: gitlabProblems,
};

export const isAnnotating = (format: Format): format is (typeof ANNOTATING)[number] =>
  ANNOTATING.some((one) => one === format);

/**
 * The same of problems of the user's files, for which there is no run: only formats that annotate files have those. A file with
 * something else in it stays: it may be one of those that the problems are in.
 */
export function writeProblems(
  problems: readonly Problem[],
  targets: readonly ReportTarget[],
  io: Io,
): Problem[] {
  const placed = problems.map((problem) => ({ ...problem, file: inRepository(problem.file, io) }));
  const annotating = targets.filter(({ format }) => isAnnotating(format));
  const [taken, free] = [true, false].map((is) => annotating.filter(({ file }) => hasText(file, io) === is));
  return [
    ...(taken ?? []).map(({ file }) => ({ file, message: 'is not replaced', fix: ANOTHER })),
    ...writeTexts(free ?? [], io, (format) => (isAnnotating(format) ? PROBLEM_WRITERS[format](placed) : '')),
  ];
}

const hasText = (file: string, io: Io): boolean =>
  (statSync(resolve(io.cwd, file), { throwIfNoEntry: false })?.size ?? 0) > 0;

function writeTexts(targets: readonly ReportTarget[], io: Io, textIn: (format: Format) => string): Problem[] {
  return targets.flatMap(({ format, file }): Problem[] => {
    try {
      const text = textIn(format);
      if (file === STDOUT) {
        io.stdout.write(text);
      } else {
        writeFileSync(resolve(io.cwd, file), text);
        io.stderr.write(`wrote ${file}\n`);
      }
      return [];
    } catch (error) {
      return [{ file, message: `the ${format} report cannot be written: ${messageOf(error)}` }];
    }
  });
}

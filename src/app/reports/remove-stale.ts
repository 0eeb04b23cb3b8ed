import { closeSync, openSync, readSync, realpathSync, rmSync, statSync, truncateSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode } from '../../core/errors.js';
import type { Format } from '../../render/report/format-names.js';
import { COMMANDS } from '../../runner/events/commands.js';
import type { Io } from '../terminal/io.js';
import { type ReportTarget, STDOUT } from './report-files.js';

const ANY = COMMANDS.join('|');
/** How the reports of each format begin. */
const BEGINNINGS: Readonly<Record<Format, RegExp>> = {
  html: new RegExp(`^<!DOCTYPE html>\\n[\\s\\S]*<title>[A-Z]+: (?:${ANY}) of `),
  junit: new RegExp(`^<\\?xml [^\\n]*\\n<testsuites name="bridgehead (?:${ANY}): `),
  markdown: new RegExp(`^## \\S+ [A-Z]+[^\\n]*\\n\\nbridgehead (?:${ANY}) of `),
  json: /^\{\n {2}"format": 1,\n {2}"run": /,
  github: new RegExp(`^::debug::bridgehead(?: (?:${ANY}) of |: bad input\\n)`),
  gitlab: /^\[\n(?:\]| {2}\{"check_name":"bridgehead: )/,
};
/** Bytes in which that can be seen. */
const BEGINNING = 4096;

/** Whether a text begins as a report of this format does. */
export const isReport = (format: Format, text: string): boolean => BEGINNINGS[format].test(text);

/** Removes the reports of earlier runs, so that none is taken for that of a run that comes to none. Other files stay. */
export function removeStale(targets: readonly ReportTarget[], io: Io): void {
  for (const { format, file } of targets) {
    const path = resolve(io.cwd, file);
    if (file === STDOUT || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
    if (isReport(format, beginningOf(path))) remove(realpathSync(path));
  }
}

function beginningOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(BEGINNING);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, BEGINNING, 0));
  } finally {
    closeSync(file);
  }
}

/** A file that may be written in a folder that may not is emptied. */
function remove(path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    truncateSync(path);
  }
}

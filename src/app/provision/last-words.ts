import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { commandLine } from '../../render/command-line.js';
import { SCHEMAS } from '../draft/inventory-text.js';
import { PLAYBOOK } from './work/write.js';

interface Ending {
  readonly isApplied: boolean;
  /** Whether the wizard wrote all of the files. */
  readonly isNew: boolean;
  readonly cwd: string;
}

/** How a conversation ends: with the one command that is next. */
export function lastWords(file: string, { isApplied, isNew, cwd }: Ending): string {
  const folder = dirname(file);
  const beside = (name: string) => (folder === '.' ? name : join(folder, name));
  const there = (name: string) => (isNew || existsSync(resolve(cwd, beside(name))) ? [beside(name)] : []);
  const playbook = there(PLAYBOOK).flatMap((one) => ['-p', one]);
  const next = isApplied
    ? commandLine(['git', 'add', file, ...there(PLAYBOOK), ...there(SCHEMAS)])
    : commandLine(['bridgehead', 'apply', '-i', file, ...playbook]);
  const what = isApplied
    ? 'The network is up. Keep its files under version control'
    : 'Nothing was changed on the machines yet';
  return `\n${what}:\n  ${next}\n`;
}

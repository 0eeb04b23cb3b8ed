import { dirname, join } from 'node:path';
import { commandLine } from '../../render/command-line.js';
import { SCHEMAS } from '../draft/inventory-text.js';
import { PLAYBOOK } from './work.js';

/** How a conversation ends: with the one command that is next. */
export function lastWords(file: string, isApplied: boolean): string {
  const folder = dirname(file);
  const beside = (name: string) => (folder === '.' ? name : join(folder, name));
  const next = isApplied
    ? commandLine(['git', 'add', file, beside(PLAYBOOK), beside(SCHEMAS)])
    : commandLine(['bridgehead', 'apply', '-i', file, '-p', beside(PLAYBOOK)]);
  const what = isApplied
    ? 'The network is up. Keep its files under version control'
    : 'Nothing was changed on the machines yet';
  return `\n${what}:\n  ${next}\n`;
}

import { readFileSync } from 'node:fs';
import { defaultPlaybook, locatePlaybook } from '../locate.js';
import type { Draft } from './draft.js';

/** The name of the built-in playbook that a draft needs: `mesh` or `hub`. */
export function playbookFor({ networks }: Pick<Draft, 'networks'>): string {
  return defaultPlaybook({ networks });
}

/** Its text, to be edited; its schema line is right for a file in a folder next to the schemas' folder, such as `playbooks/`. */
export function playbookText(draft: Pick<Draft, 'networks'>): string {
  return readFileSync(locatePlaybook(playbookFor(draft)), 'utf8');
}

import { stringify } from 'yaml';
import { OVERWRITTEN } from '../../../shared/managed.js';

/** The file that Traefik reads when it starts, with every value written out. */
export function startFile(config: object): string {
  return `${OVERWRITTEN}\n${stringify(config, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** A file that Traefik watches. It carries it out as a template of Go's first, in which `{{"{{"}}` stands for two braces. */
export const watchedFile = (config: object): string => startFile(config).replaceAll('{{', '{{"{{"}}');

import { existsSync } from 'node:fs';
import { BridgeheadError } from '../../core/errors.js';
import { mustDocker } from './engine.js';

/** On every container of a lab; its value is the lab's name. */
export const LABEL = 'bridgehead.lab';

/** What the labels of a lab's container say of who made it. */
export interface HostMarks {
  /** The process, as `processMark` has it. */
  readonly starter: string;
  /** No two containers have the same. */
  readonly token: string;
  /** The inventory, by its real path. */
  readonly file: string;
}

/** A lab's container, as it was found. */
export interface FoundHost extends HostMarks {
  readonly id: string;
  /** `running` and the like. */
  readonly state: string;
}

/** The options of `docker create` that mark a container. */
export function labelOptions({ lab, ...marks }: HostMarks & { readonly lab: string }): string[] {
  const labels = Object.entries(marks).map(([name, value]) => `${LABEL}.${name}=${value}`);
  return [`${LABEL}=${lab}`, ...labels].flatMap((label) => ['--label', label]);
}

/** The container of this name; undefined if there is none. */
export async function findHost(container: string): Promise<FoundHost | undefined> {
  const labels = ['starter', 'token', 'file'].map((name) => `{{.Label "${LABEL}.${name}"}}`);
  const format = ['{{.ID}}', '{{.State}}', ...labels].join('\t');
  const filter = `name=^/?${container}$`;
  const answer = await mustDocker(['ps', '--all', '--no-trunc', '--filter', filter, '--format', format]);
  if (answer.trim() === '') return undefined;
  const [id = '', state = '', starter = '', token = '', ...file] = answer.replace(/\n$/, '').split('\t');
  return { id, state, starter, token, file: file.join('\t') };
}

/** E_LAB for a container that has the name of a lab's, and isn't its. */
export function ofAnother(
  { lab, container }: { readonly lab: string; readonly container: string },
  { file }: FoundHost,
): BridgeheadError {
  const remove = existsSync(file)
    ? `\`bridgehead lab down --driver docker -i ${file}\``
    : `\`docker rm --force --volumes ${container}\``;
  return new BridgeheadError('E_LAB', `there is a lab ${lab} of another inventory`, {
    evidence: file === '' ? `no lab made the container ${container}` : `${container} was made for ${file}`,
    fix: `give this network another \`name\`, or take that one down: ${remove}`,
  });
}

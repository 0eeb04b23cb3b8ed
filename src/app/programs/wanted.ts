import { BridgeheadError } from '../../core/errors.js';
import { KNOWN_PROGRAMS, type KnownProgram, newestOf } from '../../layers/host/programs/known.js';
import { wantedProgram } from '../../layers/host/programs/wanted.js';
import { RunSecrets } from '../../layers/pair-secrets.js';
import { keyOf, type Program } from '../../layers/parcel.js';
import { layOutPlaybook } from '../../runner/plan/work.js';
import type { Loaded } from '../load.js';

const each = (name: string, version: string, builds: KnownProgram['versions'][string] = {}): Program[] =>
  Object.entries(builds).map(([architecture, build]) => ({ name, version, architecture, build }));

/** Every known program, each in all its versions. */
export function knownPrograms(): Program[] {
  return [...KNOWN_PROGRAMS.values()].flatMap(({ name, versions }) =>
    Object.entries(versions).flatMap(([version, builds]) => each(name, version, builds)),
  );
}

/** What `NAME` or `NAME=VERSION` stands for. Throws E_USAGE for what isn't known. */
export function programsNamed(word: string): Program[] {
  const [name = '', version] = word.split('=', 2);
  const wanted = wantedProgram({ name, ...(version !== undefined && { version }) });
  if (!('problem' in wanted)) return each(name, wanted.version, wanted.builds);
  throw new BridgeheadError('E_USAGE', wanted.problem, {
    fix: `name one of ${[...KNOWN_PROGRAMS.values()].map((known) => `${known.name}=${newestOf(known)}`).join(', ')}`,
  });
}

/** What a playbook may have to send to the nodes of an inventory, each once. */
export function programsIn({ inventory, playbook }: Pick<Loaded, 'inventory' | 'playbook'>): Program[] {
  const works = layOutPlaybook(inventory, playbook, new RunSecrets()).flatMap(({ steps }) => steps);
  const all = works.flatMap(({ kind, context }) => kind.programs?.(context) ?? []);
  return [...new Map(all.map((program) => [keyOf(program), program])).values()];
}

/** Those for some architectures; all if none is named. Throws E_USAGE if one has nothing for it. */
export function forArchitectures(programs: readonly Program[], named: readonly string[]): readonly Program[] {
  if (named.length === 0) return programs;
  const known = [...new Set(programs.map(({ architecture }) => architecture))].sort();
  const unknown = named.find((one) => !known.includes(one));
  if (unknown !== undefined && programs.length > 0) {
    throw new BridgeheadError('E_USAGE', `there is nothing for the architecture ${unknown}`, {
      fix: `name one of ${known.join(', ')}`,
    });
  }
  return programs.filter(({ architecture }) => named.includes(architecture));
}

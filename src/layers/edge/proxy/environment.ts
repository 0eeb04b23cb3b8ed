import type { StepContext } from '../../step.js';
import type { Edge } from '../inventory/types.js';

type Secrets = Pick<StepContext<unknown>, 'secrets'>['secrets'];

const referencesIn = ({ acme }: Edge) => Object.entries(acme?.dns?.env ?? {});

/** Whether the DNS challenge of an edge needs secrets. */
export const needsEnvironment = (edge: Edge): boolean => referencesIn(edge).length > 0;

/** systemd's quoting of a value. */
const line = (name: string, value: string): string => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`;

/** Undefined if none is needed; as long as one of its secrets isn't read, it isn't either. */
export function environmentOf(edge: Edge, secrets: Secrets): string | undefined {
  const values = referencesIn(edge).map(([name, ref]) => [name, secrets.read(ref)] as const);
  if (values.length === 0 || values.some(([, secret]) => secret === undefined)) return undefined;
  return values.map(([name, secret]) => line(name, secret?.reveal() ?? '')).join('');
}

import { KNOWN_PROGRAMS } from '../../layers/host/programs/known.js';

/** Each known program by its name, and with each of its versions. */
export const programNames = (): string[] =>
  [...KNOWN_PROGRAMS.values()].flatMap(({ name, versions }) => [
    name,
    ...Object.keys(versions).map((version) => `${name}=${version}`),
  ]);

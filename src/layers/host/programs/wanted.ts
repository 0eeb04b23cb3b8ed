import { nearest } from '../../../document/nearest.js';
import { type Builds, KNOWN_PROGRAMS, newestOf } from './known.js';

export interface ProgramParams {
  readonly name: string;
  /** Default, for a known program: its newest. */
  readonly version?: string;
  readonly state?: 'present' | 'absent';
  /** Where the user gets it, by architecture: in the place of what is known of it. */
  readonly sources?: Readonly<
    Record<string, { readonly url: string; readonly sha256: string; readonly path?: string }>
  >;
}

export interface Wanted {
  readonly version: string;
  readonly builds: Builds;
}

function unknownProgram(name: string): string {
  const like = nearest(name, KNOWN_PROGRAMS.keys());
  const known = [...KNOWN_PROGRAMS.keys()].join(', ');
  const hint = like === undefined ? `known are ${known}` : `did you mean "${like}"?`;
  return `unknown program "${name}"; ${hint} Any other needs \`sources\``.replace(/([^?]) Any/, '$1. Any');
}

/** The version that most looks like the one that was asked for: the beginning counts most. */
function nearestVersion(version: string, versions: readonly string[]): string {
  const shared = (other: string): number => {
    const at = [...other].findIndex((letter, index) => letter !== version[index]);
    return at < 0 ? other.length : at;
  };
  return [...versions].sort((a, b) => shared(b) - shared(a))[0] ?? '';
}

/** What a step asks for, or what is wrong with that. */
export function wantedProgram({
  name,
  version,
  sources,
}: ProgramParams): Wanted | { readonly problem: string } {
  if (sources !== undefined) {
    const wrong = Object.entries(sources).find(([, { url }]) => !URL.canParse(url));
    if (wrong !== undefined) {
      const [architecture, { url }] = wrong;
      return { problem: `the \`url\` for ${architecture} is not a URL: ${url}; check its name and port` };
    }
    return version === undefined
      ? { problem: 'has `sources` but no `version`; add the version that they hold' }
      : { version, builds: sources };
  }
  const known = KNOWN_PROGRAMS.get(name);
  if (known === undefined) return { problem: unknownProgram(name) };
  const wanted = version ?? newestOf(known);
  const builds = known.versions[wanted];
  if (builds !== undefined) return { version: wanted, builds };
  const versions = Object.keys(known.versions);
  return {
    problem: `unknown version ${wanted} of ${name}; the nearest known is ${nearestVersion(wanted, versions)} (of ${versions.join(', ')}). Any other needs \`sources\``,
  };
}

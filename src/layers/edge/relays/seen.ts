import { LISTENING, type Listening } from '../../../facts/listening/listening.js';
import { inParts, mapped, type Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { probeOutput } from '../../shared/failures.js';
import readRelays from './read-relays.sh';
import { CONFIG_FOLDER, OWNER_PATH, UNIT_FOLDER, UNIT_PREFIX } from './units.js';

export interface SeenFile {
  /** `644 root root`. */
  readonly mode: string;
  readonly text: string;
}

/** What a node has of our relays, and who listens there. */
export interface SeenRelays {
  readonly files: ReadonlyMap<string, SeenFile>;
  readonly units: ReadonlyMap<string, { readonly active: string; readonly enabled: boolean }>;
  /** Those of nft, socat and haproxy that are installed. */
  readonly programs: ReadonlySet<string>;
  readonly sockets: readonly Listening[];
  /** Name of the inventory whose relays they are; undefined if nobody's. */
  readonly owner?: string;
}

/** What is ours on the node. */
const OWN: Question<Omit<SeenRelays, 'sockets'>> = {
  script: `(\n${Object.entries({
    unit_folder: UNIT_FOLDER,
    config_folder: CONFIG_FOLDER,
    owner_path: OWNER_PATH,
    unit_prefix: UNIT_PREFIX,
  })
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('')}${readRelays})`,
  parse: (reply) => parseRelays(probeOutput(reply, 'what relays there are')),
};

/** What is ours on the node, and who listens there; nobody is looked up unless a port matters. */
export function relaysFact(ports: readonly number[]): Question<SeenRelays> {
  if (ports.length === 0) return mapped(OWN, (own) => ({ ...own, sockets: [] }));
  // Without ss, nobody knows which sockets are ours.
  const sockets = mapped(LISTENING, (all) => all.filter(({ address }) => address !== undefined));
  return mapped(inParts({ sockets, own: OWN }), ({ own, sockets: seen }) => ({ ...own, sockets: seen }));
}

function parseRelays(stdout: string): Omit<SeenRelays, 'sockets'> {
  const sections = stdout
    .split('\n@@ ')
    .slice(1)
    .map((block): readonly [string, string] => {
      const end = block.indexOf('\n');
      return end < 0 ? [block, ''] : [block.slice(0, end), block.slice(end + 1)];
    });
  const section = (name: string): string => sections.find(([title]) => title === name)?.[1] ?? '';
  const files = sections.flatMap(([title, text]): [string, SeenFile][] => {
    if (!title.startsWith('file ')) return [];
    const end = text.indexOf('\n');
    return [[title.slice('file '.length), { mode: text.slice(0, end), text: text.slice(end + 1) }]];
  });
  const owner = section('owner').trim();
  return {
    ...(owner !== '' && { owner }),
    files: new Map(files),
    units: parseUnits(section('units')),
    programs: new Set(
      section('programs')
        .split('\n')
        .filter((line) => line !== ''),
    ),
  };
}

const parseUnits = (text: string): SeenRelays['units'] =>
  new Map(
    text.split('\n\n').map((block) => [
      /^Id=(.*)$/m.exec(block)?.[1] ?? '',
      {
        active: /^ActiveState=(.*)$/m.exec(block)?.[1] ?? '',
        enabled: /^UnitFileState=enabled$/m.test(block),
      },
    ]),
  );

import { READ_SESSION } from '../../../facts/login.js';
import { byName, inParts, mapped, type Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { interfaceFact, type SeenInterface } from '../tunnel/live.js';
import about from './about.sh';
import { type MakerFiles, takeoverOf } from './makers/takeable.js';
import type { Maker, Takeover } from './makers/takeover.js';

/** What a node has of an interface that may be taken over, and around it; no private or preshared key is in it. */
export interface SeenForAdoption {
  readonly interface: SeenInterface;
  /** Whether the tools of WireGuard are installed. */
  readonly hasTools: boolean;
  /** Who set the machine up, as far as that is known: `PiVPN`. */
  readonly setup: string | undefined;
  readonly makers: readonly Maker[];
  /** If another program makes it whose files are understood: what wg-quick gets of them. Then `interface.config` is that, too. */
  readonly takeover?: Takeover;
  /** Tools whose INPUT chain lets in only what a rule opens. */
  readonly closed: readonly string[];
  /** Rules, as `iptables -S` says them, that give packets another source. */
  readonly sources: readonly string[];
  /** Lines of hand-written files that set what ours set, too. */
  readonly settings: readonly { readonly file: string; readonly line: string }[];
  /** SHA-256 of preshared keys that lie in files, by path. */
  readonly presharedKeys: ReadonlyMap<string, string>;
  /** Both ends of this SSH session, bare. */
  readonly ssh: { readonly client: string; readonly server: string } | undefined;
}

interface About extends Omit<SeenForAdoption, 'interface' | 'takeover'> {
  readonly made: MakerFiles;
}

const MAKERS: readonly string[] = ['networkd', 'NetworkManager', 'ifupdown', 'container'];

function parseAbout(stdout: string): About {
  const lines = stdout.split('\n');
  const all = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`@${word} `) ? [line.slice(word.length + 2)] : []));
  const files: { path: string; text: string }[] = [];
  for (const line of lines) {
    if (line.startsWith('@file ')) files.push({ path: line.slice('@file '.length), text: '' });
    const last = files.at(-1);
    if (line.startsWith('|') && last !== undefined) last.text += `${line.slice(1)}\n`;
  }
  const networks: { path: string; match: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('@network ')) networks.push({ path: line.slice('@network '.length), match: [] });
    if (line.startsWith('@match ')) networks.at(-1)?.match.push(line.slice('@match '.length));
  }
  const [client, , server] = all('ssh')[0]?.split(' ') ?? [];
  return {
    hasTools: !lines.includes('@no-wg'),
    setup: all('setup')[0],
    makers: all('maker').flatMap((line): Maker[] => {
      const [kind = '', ...where] = line.split(' ');
      return MAKERS.includes(kind) ? [{ kind: kind as Maker['kind'], where: where.join(' ') }] : [];
    }),
    made: { files, networks, extras: [...new Set(all('extra'))], drives: all('drives') },
    closed: [...new Set(all('closed'))],
    sources: all('source'),
    settings: all('setting').map((line) => {
      const [file = '', ...rest] = line.split(' ');
      return { file, line: rest.join(' ') };
    }),
    presharedKeys: new Map(
      all('psk').map((line) => {
        const [sum = '', ...path] = line.split(' ');
        return [path.join(' '), sum];
      }),
    ),
    ssh: client === undefined || server === undefined ? undefined : { client, server },
  };
}

/** Everything about one interface that is to be known before it is taken over. */
function adoptionFact(interfaceName: string): Question<SeenForAdoption> {
  const parts = inParts({
    about: {
      script: `name=${quote(interfaceName)}\n${READ_SESSION}${about}`,
      parse: ({ stdout }) => parseAbout(stdout),
    } satisfies Question<About>,
    // A configuration may hold any text, so it comes last.
    interface: interfaceFact(interfaceName),
  });
  return mapped(parts, ({ about: { made, ...around }, interface: own }) => {
    const takeover = takeoverOf(interfaceName, around.makers, made);
    if (takeover === undefined || own.config !== undefined) return { ...around, interface: own };
    return { ...around, takeover, interface: { ...own, config: { mode: '', text: takeover.text } } };
  });
}

/** The same of several interfaces, by name. */
export function adoptionFacts(interfaces: readonly string[]): Question<ReadonlyMap<string, SeenForAdoption>> {
  return byName(interfaces, adoptionFact);
}

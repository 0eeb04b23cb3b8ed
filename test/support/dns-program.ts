import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import server from '../../src/lab/internet/dns.pl';
import { keyOf, parseSeen, type Reply } from '../../src/layers/dns/gates/asking/seen.js';
import type { Resolver, WantedView } from '../../src/layers/dns/resolver/resolver.js';
import { packetReplies, packetScript } from '../../src/packets/process.js';
import { type DnsQuestion, dnsProgram } from '../../src/packets/programs/dns-program.js';
import { command, quote } from '../../src/remote/quote.js';
import { fromLines } from '../../src/remote/reply-lines.js';
import { runScript, SHELLS } from './shells.js';

/** Where the internet's names are asked for. */
export const UPSTREAM = '192.0.2.53';

export interface Asked {
  readonly resolver: Resolver;
  readonly wanted: WantedView;
  /** Records of the internet, by `NAME.TYPE`. */
  readonly published: Readonly<Record<string, string>>;
  /** Such as `photos.example.com A`. */
  readonly questions: readonly string[];
}

const textOf = (reply: Reply | undefined): string => {
  if (reply?.kind !== 'answer') return reply?.reason ?? 'not asked';
  if (reply.data.length > 0) return [...reply.data].sort().join(' ');
  return reply.code === 0 ? 'none' : `code ${reply.code}`;
};

/** What the real program answers with a view's files, in a network of its own; it is tested with them first. */
export function answeredBy({ resolver, wanted, published, questions }: Asked): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-dns-program-'));
  try {
    const { config, others } = resolver.files(wanted);
    const here = (path: string): string => join(folder, basename(path));
    for (const { path, content } of [...others, config]) {
      writeFileSync(here(path), content.replaceAll(`${dirname(path)}/`, `${folder}/`));
    }
    mkdirSync(join(folder, 'published'));
    for (const [name, text] of Object.entries(published))
      writeFileSync(join(folder, 'published', name), `${text}\n`);
    writeFileSync(join(folder, 'server.pl'), server);
    const asked = questions.map((text): DnsQuestion => {
      const [name = '', type] = text.split(' ') as [string, DnsQuestion['type']];
      return { required: true, server: wanted.view.addresses[0] ?? '', name, type };
    });
    const program = dnsProgram({ port: 53, questions: asked, tcp: [] }, { patience: 5 });
    const start =
      resolver.kind === 'dnsmasq'
        ? command('dnsmasq', '-k', `--conf-file=${here(config.path)}`, '--pid-file=')
        : command('unbound', '-d', '-p', '-c', here(config.path));
    const own = [...wanted.view.addresses, UPSTREAM];
    const [dash] = SHELLS;
    if (dash === undefined) throw new Error('no shell');
    const reply = runScript(
      dash,
      `temp=${quote(here(config.path))}
${resolver.test} >&2 || exit
${command('perl', join(folder, 'server.pl'), join(folder, 'published'), '--', '53', UPSTREAM)} >&2 &
${start} >&2 &
sleep 1
${packetScript([{ id: 'ask', program, earlier: 0 }], 'Token1')}`,
      {
        under: ['unshare', '-n', '-p', '-f', '--kill-child'],
        before: [
          'ip link set lo up',
          ...own.map((address) => `ip address add ${address} dev lo ${address.includes(':') ? 'nodad' : ''}`),
        ].join('\n'),
      },
    );
    const said = packetReplies(['ask'], reply).get('ask');
    if (said === undefined || said.code !== 0)
      throw new Error(`${resolver.kind} gave no answers: ${reply.stderr}`);
    const { replies } = fromLines((lines) => parseSeen(lines, asked, []))(said);
    return Object.fromEntries(
      questions.map((text, i) => [text, textOf(replies.get(keyOf(asked[i] ?? { name: '', type: 'A' })))]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

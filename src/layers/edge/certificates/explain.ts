import type { FragmentReply } from '../../../remote/program.js';
import { explainUnwritable } from '../../shared/failures.js';
import type { Explanation, StepContext } from '../../step.js';

const UNREACHABLE =
  "the authority can't be reached from the edge: see acme.directory, and the way out of the edge";

/** What an authority or the proxy says, and what to do about it. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /rateLimited|too many (?:certificates|failed|requests)/i,
    'wait until the time that it names, and try with "directory: staging" until all gates are GO: it forgives far more',
  ],
  [
    /x509: certificate signed by unknown authority/,
    'the authority is a private one: name the certificate of its server as acme.ca',
  ],
  // Whatever its own connection met, before any of the authority's to the name.
  [/cannot get ACME client|unable to communicate with the API server/, UNREACHABLE],
  [
    /urn:ietf:params:acme:error:caa/,
    'a CAA record of the zone allows other authorities only: add this one, or remove the record',
  ],
  [
    /urn:ietf:params:acme:error:dns|NXDOMAIN|no valid A records/,
    'point the A and AAAA records of the name at the edge, and wait until they are everywhere',
  ],
  [
    /urn:ietf:params:acme:error:(?:unauthorized|incorrectResponse)/,
    'another machine answers at the name: compare its A and AAAA records with the addresses of the edge; a wrong AAAA record is enough',
  ],
  [
    /no route to host|network is unreachable/,
    'the authority found no way to an address of the name: an AAAA record that leads nowhere is worse than none',
  ],
  [
    /connection refused/i,
    'nobody listens on port 80 or 443 at an address of the name: compare its A and AAAA records with those of the edge',
  ],
  [
    /deadline exceeded|[Tt]imeout/,
    'ports 80 and 443 of the edge must be open to everyone, in the firewall of its provider as well, over IPv4 and IPv6',
  ],
  [/connect: |no such host/, UNREACHABLE],
];

/** Characters of a problem. */
const LONGEST = 500;

/** The authority's own words in a line of a proxy's journal, or else the proxy's. */
function problemOf(said: string): string | undefined {
  const authority = /\berror: (\d{3} :: .*)/.exec(said)?.[1]?.replace(/\]*" ACME CA=.*$/, '');
  const proxy = /\berror"?[=:]"((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  return (authority ?? proxy)?.replaceAll('\\"', '"');
}

/** The names by what was said of them, in the order of the first of each. */
function refusals(names: readonly string[], said: string): ReadonlyMap<string, readonly string[]> {
  const problems = new Map(
    said.split('\n').flatMap((line) => {
      const [, name = '', text = ''] = /^(\S+): (.*)$/.exec(line) ?? [];
      return names.includes(name) ? [[name, problemOf(text) ?? text] as const] : [];
    }),
  );
  const all = new Map<string, string[]>();
  for (const name of names) {
    const problem = problems.get(name) ?? 'the authority has not answered in time';
    all.set(problem, [...(all.get(problem) ?? []), name]);
  }
  return all;
}

/** Why certificates were refused: the words of the authority, and what to do. */
export function explainRefusal(
  { node }: StepContext<unknown>,
  reply: FragmentReply,
): Explanation | undefined {
  const names = /^no certificate for (.+)$/m.exec(reply.stderr)?.[1]?.split(' ');
  if (names === undefined) return explainUnwritable(reply);
  const said = reply.stderr.replace(/^no certificate for .*\n/m, '').trim();
  const refused = [...refusals(names, said)].map(
    ([problem, some]) => `${some.join(', ')}: ${problem.slice(0, LONGEST)}`,
  );
  const fix = CAUSES.find(([pattern]) => pattern.test(said))?.[1];
  return {
    code: 'E_STEP',
    message: `${node.name} got no certificate for ${refused.join('; ')}`,
    fix: `${fix ?? 'see the journal of the proxy on the edge'}; then apply again, which orders it again`,
  };
}

import { hostPort } from '../../../../../model/address.js';
import type { Finding } from '../../../../gate.js';
import { type Chain, frontPort } from '../chains.js';
import { type Broken, isEarlier } from '../hops.js';
import { ownAnswer } from '../own-answer.js';
import type { Trial, Visit } from '../visited.js';
import type { InsideContext } from './asked.js';
import { noteOn } from './certificate.js';
import { type FrontContext, judgeFront } from './front.js';
import { isBroken, judgeAnswer } from './router.js';
import { judgeRoutes } from './routes.js';

export interface ChainSeen {
  readonly chain: Chain;
  /** What is wrong with one of the app's names. */
  readonly name: Broken | undefined;
  /** Through each address of the edge, for each name. */
  readonly visits: readonly Visit[];
  readonly trials: readonly Trial[];
  /** What is to be tried besides. */
  readonly tries: readonly Trial['what'][];
  /** Whether there was time for that. */
  readonly isTrying: boolean;
  readonly front: FrontContext;
  readonly inside: InsideContext;
}

const placeOf = ({ family, address, host }: Visit, { app }: Chain): string =>
  `${host === undefined ? '' : `${host} at `}${hostPort(address, frontPort(app))} (IPv${family})`;

function expectationOf({ app, edge }: Chain): string {
  const at = app.hosts[0] ?? `port ${app.listen}/${app.kind}`;
  const own = ownAnswer(app);
  const page = own === undefined ? `${app.expect.status} of the app` : `${own.status} of the edge`;
  const what = app.kind === 'http' ? page : 'the app';
  return `app ${app.name}: ${at} through ${edge} gets ${what}`;
}

/** The finding for one app through one edge: the first hop that is broken, or what a visitor got. */
export function judgeChain(chainSeen: ChainSeen): Finding {
  const { chain, name, visits, trials, tries, isTrying, front, inside } = chainSeen;
  const { app, edge } = chain;
  const peer = app.to.node === edge ? {} : { peer: app.to.node };
  const base = { node: edge, ...peer, expected: expectationOf(chain) };
  if (name) return { ...base, go: false, ...brokenText(name) };
  const measured = visits.filter((visit) => visit.front.outcome !== 'unmeasured' || app.kind === 'udp');
  if (visits.length === 0) {
    const fix = `add the public address of ${edge} to the inventory`;
    return { ...base, go: false, seen: `${edge} has no public address to visit`, fix };
  }
  if (measured.length === 0) {
    const fix = `run the gate from a machine that has IPv${visits[0]?.family}`;
    return { ...base, go: false, seen: visits[0]?.front.text ?? '', fix };
  }
  let first: { readonly broken: Broken; readonly visit: Visit } | undefined;
  const seen = new Set<string>();
  const notes = new Set<string>();
  for (const visit of measured) {
    const judged = judgeFront(front, visit) ?? judgeRoutes(front, visit) ?? judgeAnswer(inside, visit);
    if (isBroken(judged)) {
      if (first === undefined || isEarlier(judged, first.broken)) first = { broken: judged, visit };
      continue;
    }
    seen.add(`${judged.seen} over IPv${visit.family}`);
    if (judged.note !== undefined) notes.add(judged.note);
    const note = visit.certificate && app.kind === 'http' ? noteOn(front, visit.certificate) : undefined;
    if (note !== undefined) notes.add(note);
  }
  if (first) {
    const others = seen.size > 0 ? `; but ${[...seen].join(', ')}` : '';
    const { seen: text, fix } = brokenText(first.broken);
    return { ...base, go: false, seen: `${text}${others} [${placeOf(first.visit, chain)}]`, fix };
  }
  if (tries.length > 0 && !isTrying) return { ...base, go: false, seen: `${tries.join(', ')} not tried yet` };
  const failed = trials.find(({ go }) => !go);
  if (failed) return { ...base, go: false, seen: failed.seen, fix: failed.fix ?? fixOf(failed, chain) };
  if (tries.length > 0 && trials.length === 0)
    notes.add(`${tries.join(', ')} not tried: no answer of the app`);
  for (const visit of visits)
    if (!measured.includes(visit)) notes.add(`IPv${visit.family} not measured: ${visit.front.text}`);
  for (const trial of trials) if (trial.noted) notes.add(trial.seen);
  const tried = trials.filter(({ noted }) => noted !== true).map((trial) => trial.seen);
  const all = [...seen, ...tried].join(', ');
  return notes.size === 0
    ? { ...base, go: true, seen: all }
    : {
        ...base,
        go: true,
        noted: true,
        seen: [all, ...notes].join('; '),
        fix: 'nothing, if that is intended',
      };
}

function brokenText({ hop, side, evidence, fix }: Broken): { readonly seen: string; readonly fix: string } {
  return { seen: `first broken hop: ${hop} (${side}): ${evidence}`, fix };
}

function fixOf({ what }: Trial, { app, edge }: Chain): string {
  switch (what) {
    case 'upload':
      return `raise apps.${app.name}.options.upload, and check the time limits of the app itself and of proxies before it`;
    case 'websocket':
      return `check the idle time limits of the app and of what is between it and ${edge}`;
    case 'caller':
      return `take a relay that keeps the caller's address, and have the app trust X-Forwarded-For from ${edge} only`;
  }
}

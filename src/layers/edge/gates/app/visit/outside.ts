import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf } from '../../../../../model/address.js';
import { outsideAddresses } from '../../../../../model/atlas.js';
import type { Inventory } from '../../../../../model/inventory.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { GateContext, GateProgress } from '../../../../gate.js';
import type { App } from '../../../inventory/types.js';
import { authorityFile } from '../../../proxy/setup.js';
import { edgeOf, isStaging } from '../../../registry.js';
import { type AppParams, type Chain, chainsOf, visitedName } from '../chains.js';
import { isKeptOut, isWanted, ownAnswer } from '../own-answer.js';
import { isTrying, tryOut } from '../trials/trials.js';
import type { Outside, Visit } from '../visited.js';
import { type VisitRequest, visit } from './front.js';
import { isRightAll, lookUp } from './names.js';

const FIRST_DELAY_MS = 300;
const MOST_DELAY_MS = 3_000;

/** Keeps on until the result is well, or there is no time for another attempt. */
export async function keepOn<T>(
  visitor: Visitor,
  until: number,
  attempt: () => Promise<T>,
  isWell: (result: T) => boolean,
): Promise<T> {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 1.5, MOST_DELAY_MS)) {
    const result = await attempt();
    if (isWell(result) || performance.now() + delay >= until) return result;
    await sleep(delay, undefined, { signal: visitor.signal });
  }
}

/** Milliseconds for a connection, and for an answer. */
export const timesOf = (patience: number): VisitRequest['times'] => ({
  connect: Math.min(Math.max(patience * 1000, 3_000), 5_000),
  answer: Math.min(Math.max(patience * 1000, 6_000), 12_000),
});

/** The private authority's certificate of each edge, as far as this machine has it. */
async function authoritiesOf(inventory: Inventory): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = inventory.edges.map(async ({ node, acme }) => {
    const file = acme && authorityFile(acme);
    const text = file === undefined ? '' : await readFile(file, 'utf8');
    return [node, text === '' ? [] : [text]] as const;
  });
  return new Map(await Promise.all(read));
}

export function visitsOf(
  inventory: Inventory,
  { app, edge }: Chain,
  rest: Pick<VisitRequest, 'authorities' | 'times'>,
): readonly VisitRequest[] {
  const hosts = app.kind === 'http' || app.kind === 'tls' ? app.hosts.map(visitedName) : [undefined];
  return (outsideAddresses(inventory, edge) ?? []).flatMap((address) =>
    hosts.map((host) => ({
      app,
      edge,
      address,
      family: familyOf(address),
      ...(host !== undefined && { host }),
      ...rest,
    })),
  );
}

const isWellVisited = ({ app }: VisitRequest, { front, answer, handshake }: Visit): boolean => {
  if (front.outcome === 'unmeasured') return true;
  return handshake === undefined && (isWanted(app, answer) || isKeptOut(app, answer));
};

interface LookUps {
  readonly apps: readonly App[];
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

/** What the names of apps lead to; those that lead elsewhere are asked for again until the time is up. */
export async function lookUpAll(visitor: Visitor, inventory: Inventory, { apps, until }: LookUps) {
  const names = await Promise.all(
    apps.map((app) =>
      keepOn(
        visitor,
        until,
        () => lookUp(visitor, inventory, app),
        (seen) => isRightAll(inventory, app, seen),
      ),
    ),
  );
  return names.flat();
}

/** Looks up the apps' names and visits each app through each address of each of its edges. */
export async function measureApps(
  context: GateContext<AppParams>,
  visitor: Visitor,
  progress: GateProgress,
): Promise<Outside> {
  const { inventory, params, patience } = context;
  const until = performance.now() + patience * 1000;
  const chains = chainsOf(context);
  const apps = [...new Set(chains.map(({ app }) => app))];
  const authorities = await authoritiesOf(inventory);
  const times = timesOf(patience);
  const requests = chains.flatMap((chain) =>
    visitsOf(inventory, chain, { times, authorities: authorities.get(chain.edge) ?? [] }),
  );
  const [names, visits] = await Promise.all([
    lookUpAll(visitor, inventory, { apps, until }),
    Promise.all(
      requests.map((request) =>
        keepOn(
          visitor,
          until,
          () => visit(visitor, request),
          (seen) => isWellVisited(request, seen),
        ),
      ),
    ),
  ]);
  const reached = requests.filter((request, number) => {
    const seen = visits[number];
    const { app } = request;
    return seen?.handshake === undefined && ownAnswer(app) === undefined && isWanted(app, seen?.answer);
  });
  const trials = isTrying(context) ? await tryOut(visitor, params, reached, progress) : [];
  return { names, visits, trials, now: Date.now() };
}

export const authorityText = (inventory: Inventory, edge: string): string | undefined => {
  const acme = edgeOf(inventory, edge)?.acme;
  return acme === undefined ? undefined : new URL(acme.directory).host;
};

/** Whether browsers trust what an edge's authority signs. */
export function isTrusted(inventory: Inventory, edge: string): boolean {
  const acme = edgeOf(inventory, edge)?.acme;
  return acme !== undefined && acme.ca === undefined && !isStaging(acme);
}

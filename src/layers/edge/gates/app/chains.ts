import type { GateContext } from '../../../gate.js';
import type { App } from '../../inventory/types.js';

export interface AppParams {
  readonly within?: number;
  /** Names of apps; all when left out. */
  readonly apps?: readonly string[];
  /** Days that a certificate must still be valid. */
  readonly days?: number;
  readonly upload?: { readonly path?: string; readonly seconds?: number };
  readonly websocket?: { readonly path?: string; readonly seconds?: number };
  /** `path`: where the app answers with the address of whoever asks. */
  readonly caller?: { readonly path?: string };
}

/** One app through one of its edges. */
export interface Chain {
  readonly app: App;
  readonly edge: string;
  /** Its edge or its node, if that could not be reached and was left out: what visitors get is shown all the same. */
  readonly away?: string;
}

/** The chains that this run visits: those that it judges, and those of which one end was left out. */
export function chainsOf({
  inventory,
  params,
  counts,
  absent = [],
}: GateContext<AppParams>): readonly Chain[] {
  return inventory.apps
    .filter(({ name }) => params.apps?.includes(name) !== false)
    .flatMap((app) => app.edges.map((edge) => ({ app, edge })))
    .flatMap((chain): Chain[] => {
      const ends = [chain.edge, chain.app.to.node];
      const [away, other] = [
        ends.find((end) => absent.includes(end)),
        ends.find((end) => !absent.includes(end)),
      ];
      if (away === undefined) return counts?.(chain.edge, chain.app.to.node) === false ? [] : [chain];
      return other === undefined || counts?.(other, other) === false ? [] : [{ ...chain, away }];
    });
}

/** A name that an app answers to: for a wildcard, one that it stands for. */
export const visitedName = (host: string): string => host.replace(/^\*\./, 'bridgehead-check.');

/** The port of the edge that the app's answer comes from. */
export const frontPort = ({ kind, listen }: App): number =>
  kind === 'http' || kind === 'tls' ? 443 : (listen ?? 0);

export const chainKey = ({ app, edge }: Chain): string => `${app.name} ${edge}`;

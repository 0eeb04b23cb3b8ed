import type { Overview, OverviewNetwork } from '../../../../runner/events/overview.js';
import type { RunReport } from '../../run-report/types.js';

/** A tunnel between two nodes, or a pair without one whose ends do not reach each other. A relay between them is not shown. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** `unmeasured`: no gate has sent anything between them. */
  readonly state: 'go' | 'stop' | 'unmeasured';
  /** Gates that answered STOP. */
  readonly stopped: readonly string[];
}

const SEPARATOR = '\n';

const keyOf = (a: string, b: string): string => [a, b].toSorted().join(SEPARATOR);

/** The tunnels that the network has, each once, with what the gates measured in either direction. */
export function linksOf({ phases }: RunReport, overview: Overview): Link[] {
  const measured = measuredPairs(phases.flatMap(({ gates }) => gates));
  const tunnels = new Set(overview.networks.flatMap(tunnelsOf));
  const cut = [...measured].filter(([, stopped]) => stopped.size > 0).map(([key]) => key);
  return [...new Set([...tunnels, ...cut])].map((key) => {
    const [from = '', to = ''] = key.split(SEPARATOR);
    const stopped = measured.get(key);
    const state = stopped === undefined ? 'unmeasured' : stopped.size > 0 ? 'stop' : 'go';
    return { from, to, state, stopped: [...(stopped ?? [])] };
  });
}

/** The gates that stopped at each measured pair: a finding without a reading is about what is configured, and shows no link that works. */
function measuredPairs(gates: RunReport['phases'][number]['gates']): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>();
  for (const { name, findings } of gates) {
    for (const { node, peer, go, pair } of findings) {
      if (peer === undefined || (go && pair === undefined)) continue;
      const stopped = pairs.get(keyOf(node, peer)) ?? new Set();
      pairs.set(keyOf(node, peer), go ? stopped : stopped.add(name));
    }
  }
  return pairs;
}

function tunnelsOf({ shape, members, hubOf, clients }: OverviewNetwork): string[] {
  const names = members.map(({ node }) => node);
  if (shape === 'hub') {
    const spokes = [...names, ...clients.map(({ name }) => name)];
    return spokes.flatMap((name) => {
      const hub = hubOf[name];
      return hub === undefined || hub === name ? [] : [keyOf(name, hub)];
    });
  }
  return names.flatMap((name, index) => names.slice(index + 1).map((other) => keyOf(name, other)));
}

import { ownerOf } from '../../facts/firewall/cause.js';
import { type Cause, courseOf } from '../../facts/firewall/evaluate.js';
import type { Packet } from '../../facts/firewall/packet.js';
import type { Table } from '../../facts/firewall/ruleset.js';
import type { Opening } from '../../model/inventory.js';
import type { SeenFirewall } from './probe/seen.js';
import { sourcesIn } from './table/passes.js';

/** A rule of somebody else that certainly drops what must be open. */
export interface Obstacle {
  readonly opening: Opening;
  readonly from: string | undefined;
  readonly packet: Packet;
  readonly cause: Cause;
}

/** Everybody else's tables, without the rules in them that are ours; undefined if they aren't known. */
export function othersTables({ tables, own }: Pick<SeenFirewall, 'tables' | 'own'>): Table[] | undefined {
  return tables
    ?.filter(({ name }) => !name.startsWith('bridgehead_'))
    .map((table) => {
      const tool = table.family === 'ip' ? 'iptables' : 'ip6tables';
      const places = own.passes.filter((pass) => pass.tool === tool).map(({ place }) => place);
      const input = table.chains.get('INPUT');
      if (
        places.length === 0 ||
        input === undefined ||
        table.tool !== 'iptables' ||
        table.name !== 'filter'
      ) {
        return table;
      }
      // nft doesn't show the comment that marks them.
      const rules = input.rules.filter((_, index) => !places.includes(index + 1));
      return { ...table, chains: new Map([...table.chains, ['INPUT', { ...input, rules }]]) };
    });
}

const PORTS = /\bdport (?:!= |[<>]=? )?(\d+(?:-\d+)?|\{[^}]*\})/g;

/** Numbers of ports next to which the rules may decide differently. */
const portsNamedIn = (tables: readonly Table[]): readonly number[] =>
  tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap(({ rules }) =>
      rules.flatMap(({ text }) =>
        [...text.matchAll(PORTS)].flatMap(([, ports = '']) =>
          [...ports.matchAll(/\d+/g)].flatMap(([port]) => [Number(port) - 1, Number(port), Number(port) + 1]),
        ),
      ),
    ),
  );

/** Whoever would drop packets of the openings, for each of their sources; none that are known of if the rules aren't. */
export function obstaclesTo(openings: readonly Opening[], tables: readonly Table[] = []): Obstacle[] {
  const named = openings.some(({ toPort }) => toPort !== undefined) ? portsNamedIn(tables) : [];
  return openings.flatMap((opening) => {
    const { port, toPort = port } = opening;
    const ports = new Set([port, ...named.filter((one) => port < one && one <= toPort), toPort]);
    return ([4, 6] as const).flatMap((family) =>
      sourcesIn(opening, family).flatMap((from) => {
        const found = [...ports].flatMap((one) => obstacleAt(opening, { family, from, port: one }, tables));
        return [
          ...new Map(
            found.map((one) => [one.cause.rule ?? one.cause.table.chains.get(one.cause.chain), one]),
          ).values(),
        ];
      }),
    );
  });
}

function obstacleAt(
  opening: Opening,
  { family, from, port }: { family: 4 | 6; from: string | undefined; port: number },
  tables: readonly Table[],
): Obstacle[] {
  const packet: Packet = {
    family,
    protocol: opening.protocol,
    port,
    ...(from !== undefined && { from }),
    ...(opening.interface !== undefined && { in: opening.interface }),
    notIn: ['lo'],
  };
  const { drop } = courseOf(tables, packet);
  return drop === undefined ? [] : [{ opening, from, packet, cause: drop }];
}

/** Whether a rule at the top of INPUT, added by iptables, lets the packet past the one that drops it. */
export function isPassable({ cause }: Obstacle): boolean {
  const { table } = cause;
  return table.tool === 'iptables' && table.name === 'filter' && !isByUfw({ cause });
}

export const isByUfw = ({ cause }: Pick<Obstacle, 'cause'>): boolean => ownerOf(cause) === 'UFW';

export const isByFirewalld = ({ cause }: Pick<Obstacle, 'cause'>): boolean => ownerOf(cause) === 'firewalld';

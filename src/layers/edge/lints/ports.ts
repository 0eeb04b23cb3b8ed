import { networksOf } from '../../../model/atlas.js';
import type { Inventory, Node } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { chosenPort, freePort } from '../inventory/chosen-port.js';
import type { App } from '../inventory/types.js';
import { appsAt, appsThrough, edgeOf, remoteEdges } from '../registry.js';
import { proxyPorts } from './targets.js';

/** A port of a node, and who has it. */
interface Holder {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** `the port of photos` */
  readonly as: string;
  /** Of the registry: the app and its key. */
  readonly app?: readonly [name: string, key: 'port' | 'listen'];
}

/** Ports of a node that two want. */
export function lintPorts(inventory: Inventory): Lint[] {
  return inventory.nodes.flatMap((node) => {
    const holders = holdersAt(inventory, node);
    return holders.flatMap((holder, i): Lint[] => {
      const { app, port, protocol } = holder;
      const first = holders.slice(0, i).find((one) => one.port === port && one.protocol === protocol);
      if (app === undefined || first === undefined) return [];
      const [name, key] = app;
      const free = freePort(port, new Set(holders.map((one) => one.port)));
      const chosen = key === 'port' && chosenPort(name) === port ? ', which follows from its name,' : '';
      const message = `${port}/${protocol} of ${node.name}${chosen} is already ${first.as}`;
      return [
        {
          severity: 'error',
          path: ['apps', name, key],
          message,
          fix: `choose another, such as "${key}: ${free}"`,
        },
      ];
    });
  });
}

const protocolOf = ({ kind }: App): 'tcp' | 'udp' => (kind === 'udp' ? 'udp' : 'tcp');

/** Those that are no app's first: they can't move. */
function holdersAt(inventory: Inventory, node: Node): Holder[] {
  const { name, ssh } = node;
  const edge = edgeOf(inventory, name);
  const own = appsAt(inventory, name);
  const relayed = own.filter((app) => remoteEdges(app).length > 0);
  return [
    { protocol: 'tcp', port: ssh.port ?? 22, as: "sshd's" },
    ...networksOf(inventory, name).map(
      (network): Holder => ({ protocol: 'udp', port: network.port, as: `network ${network.name}'s` }),
    ),
    ...(edge === undefined
      ? []
      : proxyPorts(edge).map((port): Holder => ({ protocol: 'tcp', port, as: `${edge.proxy}'s` }))),
    ...own
      .filter(({ to, relay }) => to.address === undefined && relay !== 'direct')
      .map(
        (app): Holder => ({ protocol: protocolOf(app), port: app.to.port, as: `where ${app.name} listens` }),
      ),
    ...relayed.map(
      (app): Holder => ({
        protocol: protocolOf(app),
        port: app.port,
        as: `the port of ${app.name}`,
        app: [app.name, 'port'],
      }),
    ),
    ...appsThrough(inventory, name).flatMap((app): Holder[] =>
      app.listen === undefined
        ? []
        : [
            {
              protocol: protocolOf(app),
              port: app.listen,
              as: `where ${app.name} is reached`,
              app: [app.name, 'listen'],
            },
          ],
    ),
  ];
}

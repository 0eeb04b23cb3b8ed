import { forwardsPackets } from '../../../model/shape.js';
import { configPath } from '../tunnel/readings.js';
import type { Adoption } from './adoption.js';
import { hooksOf } from './hooks.js';
import { makerObstacles } from './makers/obstacles.js';

/** Why an interface can't be taken over as it is. */
export interface Obstacle {
  /** What, without its end. */
  readonly message: string;
  readonly evidence?: string;
  readonly fix: string;
}

/** Ranges that together are all of a family, as they are usually written. */
const EVERYTHING = [['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1'], ['::/0'], ['::/1', '8000::/1']];

/** Settings by which wg-quick routes otherwise than it does by itself. */
function routedBy(text: string): string[] {
  return [
    ...text.matchAll(/^[ \t]*(?:Table[ \t]*=[ \t]*(?!auto\b)|FwMark[ \t]*=[ \t]*(?!0\b|off\b))\S+/gim),
  ].map(([line]) => line.trim());
}

/** Everything that keeps an interface from being taken over; `[]` if nothing does. `shared`: whether the network has preshared keys, or gets them. */
export function obstaclesOf(adoption: Adoption, shared: boolean): readonly Obstacle[] {
  const { inventory, node, network, interface: name, seen, peers, unmanaged, twins } = adoption;
  const { config } = seen.interface;
  const path = seen.takeover?.files[0] ?? configPath(name);
  const hooks = hooksOf(config?.text ?? '', name);
  const passes = forwardsPackets(inventory, network, node);
  const routed = routedBy(config?.text ?? '');
  const there = [...peers.known, ...unmanaged].map((peer) => peer.there);
  const routedInto = new Set(there.flatMap(({ allowedIps }) => allowedIps));
  const everything = EVERYTHING.filter((ranges) => ranges.every((range) => routedInto.has(range))).flat();
  const full = there.filter(({ allowedIps }) => allowedIps.some((range) => everything.includes(range)));
  const unshared = peers.known.filter(
    ({ there, wanted }) =>
      shared && !there.shared && (wanted === undefined || (wanted.client && !wanted.unmanaged)),
  );
  const passesOn = hooks.filter(({ purpose }) => purpose === 'forward' || purpose === 'masquerade');
  const unknown = hooks.filter(({ purpose }) => purpose === undefined);
  const opens = hooks.filter(
    ({ purpose, rule }) => purpose === 'input' && seen.closed.includes(rule?.tool ?? ''),
  );
  return [
    ...(seen.hasTools
      ? []
      : [
          {
            message: `the command wg is missing on ${node}, so ${name} can't be read`,
            fix: `install wireguard-tools on ${node}, then adopt it`,
          },
        ]),
    ...makerObstacles(adoption),
    ...(full.length === 0
      ? []
      : [
          {
            message: `${name} on ${node} sends all of the machine's traffic into the tunnel`,
            evidence: full
              .map(({ publicKey, allowedIps }) => `peer ${publicKey}: ${allowedIps.join(', ')}`)
              .join('\n'),
            fix: `only clients can do that: leave in AllowedIPs of ${path} the ranges that ${node} needs, or make ${node} a client with \`bridgehead client add\``,
          },
        ]),
    ...twins.map(({ name: who, of }) => ({
      message: `${who} on ${node} and ${of} are the same device: they have the same key`,
      fix: `remove the peer of one of them, and give the device a second configuration with \`bridgehead client add\` once all is adopted`,
    })),
    ...(unshared.length === 0
      ? []
      : [
          {
            message: `some clients of ${name} on ${node} have a preshared key and others have none`,
            evidence: `without: ${unshared.map(({ name: who }) => who).join(', ')}`,
            fix: 'give them one, on the hub and on the device, or remove their peers; then adopt it',
          },
        ]),
    ...(unknown.length === 0
      ? []
      : [
          {
            message: `${path} on ${node} runs commands whose purpose isn't known`,
            evidence: unknown.map(({ line, text }) => `${line} = ${text}`).join('\n'),
            fix: `move them to a systemd unit of your own, remove the lines from ${path}, then adopt it`,
          },
        ]),
    ...(passesOn.length > 0 && !passes
      ? [
          {
            message: `${node} forwards packets of ${name}, and the inventory doesn't say so`,
            evidence: passesOn.map(({ line, text }) => `${line} = ${text}`).join('\n'),
            fix: `add it to the inventory (networks.${network.name}.advertise.${node} for its LAN, shape: hub or relay for other machines), or remove the lines from ${path}`,
          },
        ]
      : []),
    ...(opens.length === 0
      ? []
      : [
          {
            message: `${path} on ${node} opens its own port in a firewall that is otherwise closed`,
            evidence: opens.map(({ line, text }) => `${line} = ${text}`).join('\n'),
            fix: `open UDP port ${network.port} in the firewall of ${node} itself (with UFW: \`ufw allow ${network.port}/udp\`), remove the lines from ${path}, then adopt it`,
          },
        ]),
    ...(routed.length === 0
      ? []
      : [
          {
            message: `${path} on ${node} has its own routing rules`,
            evidence: routed.join('\n'),
            fix: 'remove these lines, check that everything still works, then adopt it',
          },
        ]),
  ];
}

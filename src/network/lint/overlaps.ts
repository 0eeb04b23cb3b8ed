import type { Inventory } from '../../inventory/types.js';
import { contains, overlaps, type Span, spanOf } from '../address.js';
import type { Lint } from './types.js';

interface Claim {
  readonly range: string;
  readonly span: Span;
  readonly path: readonly string[];
  /** What claims it, as a message names it. */
  readonly owner: string;
  readonly overlay: boolean;
}

/** Ranges that no network can have. */
const UNUSABLE: readonly (readonly [range: string, what: string])[] = [
  ['0.0.0.0/8', '"this network"'],
  ['127.0.0.0/8', 'the loopback'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/3', 'multicast and reserved addresses'],
  ['::/127', 'the loopback'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
];

/** Ranges that other software takes without asking. */
const TAKEN: readonly (readonly [range: string, what: string])[] = [
  ['172.17.0.0/16', "Docker's default bridge"],
  ['100.64.0.0/10', "providers' shared NAT and Tailscale"],
  ['10.42.0.0/16', "k3s' pods"],
  ['10.43.0.0/16', "k3s' services"],
];

/** Ranges that overlap: overlays and LANs with each other, with public addresses, and with what other software takes. */
export function lintOverlaps(inventory: Inventory): Lint[] {
  const claims = claimsOf(inventory);
  return [
    ...claims.flatMap((claim, i) => withOthers(claim, claims.slice(0, i))),
    ...claims.flatMap((claim) => [
      ...withKnown(claim, UNUSABLE, 'error'),
      ...withKnown(claim, TAKEN, 'warning'),
    ]),
    ...withPublic(claims, inventory),
  ];
}

function claimsOf({ sites, networks }: Inventory): Claim[] {
  const lans = sites.flatMap(({ name, subnets }) =>
    subnets.map((range) => ({
      range,
      path: ['sites', name, 'subnet'],
      owner: `site ${name}`,
      overlay: false,
    })),
  );
  const overlays = networks.flatMap(({ name, ranges }) =>
    ranges.map((range) => ({
      range,
      path: ['networks', name, 'range'],
      owner: `network ${name}`,
      overlay: true,
    })),
  );
  return [...lans, ...overlays].map((claim) => ({ ...claim, span: spanOf(claim.range) }));
}

function withOthers(claim: Claim, others: readonly Claim[]): Lint[] {
  return others
    .filter((other) => overlaps(claim.span, other.span))
    .map((other) => ({
      severity: 'error',
      path: claim.path,
      value: claim.range,
      message: `${claim.range} overlaps ${other.range} of ${other.owner}`,
      fix: claim.overlay ? 'choose a range that nothing else uses' : 'renumber one of the two LANs',
    }));
}

function withKnown(
  { range, span, path, overlay }: Claim,
  known: readonly (readonly [range: string, what: string])[],
  severity: Lint['severity'],
): Lint[] {
  return known
    .filter(([other]) => overlaps(span, spanOf(other)))
    .map(([other, what]) => ({
      severity,
      path,
      value: range,
      message: `${range} overlaps ${other}, the range of ${what}`,
      fix:
        severity === 'error'
          ? 'choose a private range, such as 172.27.15.0/24'
          : `${overlay ? 'choose another' : 'renumber the LAN'} if that ever runs on these machines`,
    }));
}

/** Packets to a public address inside an overlay or a LAN would never leave by the way that carries the tunnel. */
function withPublic(claims: readonly Claim[], { nodes, sites }: Inventory): Lint[] {
  const owners = [
    ...nodes.map(({ name, publicAddresses }) => ({ owner: `node ${name}`, publicAddresses })),
    ...sites.map(({ name, publicAddresses }) => ({ owner: `site ${name}`, publicAddresses })),
  ];
  return claims.flatMap(({ range, span, path, overlay }) =>
    owners.flatMap(({ owner, publicAddresses }) =>
      publicAddresses
        .filter((address) => overlay && contains(span, address))
        .map(
          (address): Lint => ({
            severity: 'error',
            path,
            value: range,
            message: `${range} holds ${address}, a public address of ${owner}`,
            fix: 'choose a private range, such as 172.27.15.0/24',
          }),
        ),
    ),
  );
}

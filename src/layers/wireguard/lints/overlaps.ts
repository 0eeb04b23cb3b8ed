import { contains, overlaps, type Span, spanOf } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { findFreeRange, type KnownRange, TAKEN, UNUSABLE } from '../overlay/free-range.js';

interface Claim {
  readonly range: string;
  readonly span: Span;
  readonly path: readonly string[];
  /** What claims it, as worded in messages. */
  readonly owner: string;
  readonly kind: 'lan' | 'overlay' | 'advertised';
  /** For an advertised subnet: the gateway's site, whose LAN it may be. */
  readonly site?: string | undefined;
}

/**
 * Ranges that overlap: overlays, LANs and advertised subnets with each other, with public addresses, and with other
 * software's defaults.
 */
export function lintOverlaps(inventory: Inventory): Lint[] {
  const claims = claimsOf(inventory);
  return [
    ...claims.flatMap((claim, i) => withOthers(claim, claims.slice(0, i), claims)),
    ...claims.flatMap((claim) => [
      ...withKnown(claim, UNUSABLE, 'error'),
      ...(ownLan(claim, claims) ? [] : withKnown(claim, TAKEN, 'warning')),
    ]),
    ...withPublic(claims, inventory),
  ];
}

function claimsOf({ sites, networks, nodes }: Inventory): Claim[] {
  const lans = sites.flatMap(({ name, subnets }) =>
    subnets.map((range) => ({
      range,
      path: ['sites', name, 'subnet'],
      owner: `site ${name}`,
      kind: 'lan' as const,
      site: name,
    })),
  );
  const overlays = networks.flatMap(({ name, ranges }) =>
    ranges.map((range) => ({
      range,
      path: ['networks', name, 'range'],
      owner: `network ${name}`,
      kind: 'overlay' as const,
    })),
  );
  const advertised = networks.flatMap(({ name, advertises }) =>
    advertises.flatMap(({ node, subnets }) =>
      // /0 is reported elsewhere.
      subnets
        .filter((range) => !range.endsWith('/0'))
        .map((range) => ({
          range,
          path: ['networks', name, 'advertise', node, 'subnets'],
          owner: `what ${node} advertises`,
          kind: 'advertised' as const,
          site: nodes.find((one) => one.name === node)?.site,
        })),
    ),
  );
  return [...lans, ...overlays, ...advertised].map((claim) => ({ ...claim, span: spanOf(claim.range) }));
}

const RENUMBER = 'renumber one of the two LANs';

/** What is advertised is the gateway's own LAN, and another site has the same. */
function isSecondHome(claim: Claim, other: Claim, others: readonly Claim[]): boolean {
  if (claim.kind !== 'advertised' || other.kind !== 'lan') return false;
  return others.some(
    ({ kind, site, span }) => kind === 'lan' && site === claim.site && overlaps(span, claim.span),
  );
}

const FIXES: Readonly<Record<Claim['kind'], string>> = {
  lan: RENUMBER,
  overlay: 'choose a range that nothing else uses',
  advertised: 'advertise only what is behind the gateway',
};

function notUsable(kind: Claim['kind']): string {
  return kind === 'advertised' ? FIXES.advertised : 'choose a private range, such as 172.27.15.0/24';
}

/**
 * A gateway may advertise its own site's LAN; two sites with the same LAN, or two that advertise the same subnet, are
 * reported elsewhere.
 */
function mayShare(claim: Claim, other: Claim): boolean {
  if (claim.kind === 'lan' && other.kind === 'lan') return true;
  if (claim.kind !== 'advertised') return false;
  return other.kind === 'advertised' || (other.site !== undefined && other.site === claim.site);
}

/** For an advertised LAN, the warning about the site is enough. */
function ownLan({ kind, range }: Claim, claims: readonly Claim[]): boolean {
  return kind === 'advertised' && claims.some((other) => other.kind === 'lan' && other.range === range);
}

function withOthers(claim: Claim, others: readonly Claim[], all: readonly Claim[]): Lint[] {
  return others
    .filter((other) => overlaps(claim.span, other.span) && !mayShare(claim, other))
    .map((other) => ({
      severity: 'error',
      path: claim.path,
      value: claim.range,
      message: `${claim.range} overlaps ${other.range} of ${other.owner}`,
      fix: isSecondHome(claim, other, others) ? RENUMBER : `${FIXES[claim.kind]}${freeLike(claim, all)}`,
    }));
}

/** A range that an IPv4 overlay could have instead, and how it gets it once it is in use; those of IPv6 are drawn by lot. */
function freeLike({ kind, span, path: [, name] }: Claim, all: readonly Claim[]): string {
  if (kind !== 'overlay' || span.family === 6) return '';
  const found = findFreeRange(all.map(({ range }) => range));
  if (found === undefined) return '';
  return `, such as ${found}; on machines that have it already, \`bridgehead renumber ${name} ${found}\` changes it`;
}

function withKnown(
  { range, span, path, kind }: Claim,
  others: readonly KnownRange[],
  severity: Lint['severity'],
): Lint[] {
  return others
    .filter((other) => overlaps(span, other.span))
    .map((other) => ({
      severity,
      path,
      value: range,
      message: `${range} overlaps ${other.range}, the range of ${other.what}`,
      fix:
        severity === 'error'
          ? notUsable(kind)
          : `${kind === 'overlay' ? 'choose another' : 'renumber the LAN'} if you will ever run it on these machines`,
    }));
}

/** Packets to a public address inside an overlay or a LAN would never leave to the internet, which carries the tunnel. */
function withPublic(claims: readonly Claim[], { nodes, sites }: Inventory): Lint[] {
  const owners = [
    ...nodes.map(({ name, publicAddresses }) => ({ owner: `node ${name}`, publicAddresses })),
    ...sites.map(({ name, publicAddresses }) => ({ owner: `site ${name}`, publicAddresses })),
  ];
  return claims.flatMap(({ range, span, path, kind }) =>
    owners.flatMap(({ owner, publicAddresses }) =>
      publicAddresses
        .filter((address) => kind !== 'lan' && contains(span, address))
        .map(
          (address): Lint => ({
            severity: 'error',
            path,
            value: range,
            message: `${range} contains ${address}, a public address of ${owner}`,
            fix: notUsable(kind),
          }),
        ),
    ),
  );
}

import { show, suggest } from '../../../document/index.js';
import type { OneOrMore, RawApp } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';
import { membersKey, writtenMembers } from '../../shared/network-kind.js';

/** The edges that an app names, or the only one that there is; reports what isn't one. */
export function resolveEdgesOf(work: Resolution, app: string, written: OneOrMore | undefined): string[] {
  const known = Object.keys(work.raw.edges ?? {});
  const at = ['apps', app, 'edge'];
  if (written !== undefined) return named(work, at, written, known);
  if (known.length === 1 || !work.isSound(at)) return known.slice(0, 1);
  if (known.length === 0) {
    if (work.isSound(['edges'])) work.report(at, 'is missing, and the inventory has no edges', EDGES, 'key');
  } else {
    work.report(at, 'is missing', `name one or several of ${known.join(', ')}`, 'key');
  }
  return [];
}

const EDGES = 'add them, such as "edges: { vps: { acme: { email: me@example.com } } }"';

function named(
  work: Resolution,
  at: readonly string[],
  written: OneOrMore,
  known: readonly string[],
): string[] {
  const found: string[] = [];
  for (const [i, name] of [written].flat().entries()) {
    if (name === null) continue;
    const path = typeof written === 'string' ? at : [...at, i];
    if (!known.includes(name)) {
      work.report(path, `must name an edge; got ${show(name)}`, suggest(name, known, EDGES));
    } else if (found.includes(name)) {
      work.report(path, `duplicate edge ${name}`, 'keep one of them');
    } else {
      found.push(name);
    }
  }
  return found;
}

/** The network that leads from an app's edges to its node; undefined if none is needed, or none fits, which is reported. */
export function resolveNetworkOf(
  work: Resolution,
  app: string,
  { network: written, to }: RawApp,
  edges: readonly string[],
): string | undefined {
  const node = to?.node;
  const ends = [...edges.filter((edge) => edge !== node), ...(node === undefined ? [] : [node])];
  const at = ['apps', app, 'network'];
  const networks = work.raw.networks ?? {};
  const lacking = (network: string): string[] =>
    ends.filter((end) => !writtenMembers(work.raw, network).includes(end));
  if (written !== undefined) {
    if (networks[written] === undefined) {
      const fix = suggest(written, Object.keys(networks), 'the inventory has no networks');
      work.report(at, `must name a network; got ${show(written)}`, fix);
      return undefined;
    }
    const [first] = lacking(written);
    if (first === undefined || ends.length < 2) return written;
    work.report(
      at,
      `${first} is not a member of ${written}`,
      `add it to ${membersKey(networks[written], written)}, or name another network`,
    );
    return undefined;
  }
  if (ends.length < 2 || !work.isSound(at) || !work.isSound(['networks'])) return undefined;
  const fitting = Object.keys(networks).filter((name) => lacking(name).length === 0);
  if (fitting.length === 1) return fitting[0];
  if (fitting.length > 1) {
    work.report(at, 'is missing', `name one of ${fitting.join(', ')}`, 'key');
    return undefined;
  }
  const message = `${ends.at(-1)} and ${ends.slice(0, -1).join(', ')} have no network in common`;
  const fix = `add them to the addresses of one network, or name another node in apps.${app}.to`;
  work.report(['apps', app, 'to', 'node'], message, fix);
  return undefined;
}

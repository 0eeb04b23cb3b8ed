import type { Resolution } from '../layers/resolution.js';
import type { Forward, Site } from '../model/inventory.js';
import { parseAddress, parseRange } from '../model/parse-address.js';
import type { RawForward } from '../model/raw.js';

/** Sites with canonical addresses and defaults filled in. */
export function resolveSites(work: Resolution): Site[] {
  return Object.entries(work.raw.sites ?? {}).map(([name, raw]) => {
    const path = ['sites', name];
    const router = work.parse([...path, 'router'], raw.router, parseAddress);
    const publicAddresses = work.parseAll([...path, 'public'], raw.public, parseAddress);
    const forwards = (raw.forwards ?? []).flatMap((forward, i) => resolveForward(work, name, forward, i));
    if (forwards.length > 0 && raw.public === undefined && raw.nat !== false) {
      const fix = `add the router's address to sites.${name}, such as "public: 203.0.113.10"`;
      work.report([...path, 'forwards'], 'the site has no public address to forward from', fix, 'key');
    }
    return {
      name,
      subnets: work.parseAll([...path, 'subnet'], raw.subnet, parseRange),
      ...(router !== undefined && { router }),
      publicAddresses,
      nat: raw.nat ?? true,
      forwards,
    };
  });
}

function resolveForward(work: Resolution, site: string, raw: RawForward | null, index: number): Forward[] {
  if (raw?.node === undefined || raw.port === undefined) return [];
  const path = ['sites', site, 'forwards', index, 'node'];
  if (!work.refer(path, raw.node, 'node')) return [];
  const home = work.raw.nodes?.[raw.node]?.site;
  if (home !== site) {
    // A node whose own site is wrong is reported there.
    const known =
      home === undefined ? work.isSound(['nodes', raw.node]) : work.raw.sites?.[home] !== undefined;
    if (!known) return [];
    const where = home === undefined ? 'is in no site' : `is in site ${home}`;
    const fix = `a router forwards to its own LAN: move the forward, or set nodes.${raw.node}.site: ${site}`;
    work.report(path, `${raw.node} ${where}, not in ${site}`, fix);
    return [];
  }
  const nodePort = raw.nodePort ?? raw.port;
  return [{ protocol: raw.protocol ?? 'udp', port: raw.port, node: raw.node, nodePort }];
}

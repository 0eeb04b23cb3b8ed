import type { Resolution } from '../layers/resolution.js';
import { isAddress } from '../model/address.js';
import type { LabSettings } from '../model/inventory.js';
import { parseAddress } from '../model/parse-address.js';
import { parseUrl } from '../model/url.js';

/** `lab:` of the inventory. */
export function resolveLab(work: Resolution): LabSettings {
  const { laptop, names, authorities, standIns } = work.raw.lab ?? {};
  const isKnown = laptop !== undefined && work.refer(['lab', 'laptop'], laptop, 'site');
  return {
    ...(isKnown && { laptop }),
    ...(names !== undefined && { names: resolveNames(work, names) }),
    ...(authorities !== undefined && {
      authorities: authorities.flatMap(
        (url, index) => work.parse(['lab', 'authorities', index], url ?? undefined, parseUrl) ?? [],
      ),
    }),
    ...(standIns !== undefined && { standIns }),
  };
}

function resolveNames(
  work: Resolution,
  names: NonNullable<NonNullable<Resolution['raw']['lab']>['names']>,
): Record<string, readonly string[]> {
  const resolved = Object.entries(names).map(([name, written]) => {
    const targets = [written].flat().flatMap((target, index): string[] => {
      const path = ['lab', 'names', name, ...(Array.isArray(written) ? [index] : [])];
      if (target === null) return [];
      if (!isAddress(target)) return work.refer(path, target, 'node') ? [target] : [];
      return [work.parse(path, target, parseAddress) ?? target];
    });
    return [name, targets] as const;
  });
  return Object.fromEntries(resolved);
}

import { keyOf, type Packed } from '../../layers/parcel.js';
import type { Programs } from '../../runner/parcels/send.js';

/** Programs of a folder, each fetched into it at most once at a time. */
export function programsFrom(folder: string): Programs {
  const coming = new Map<string, Promise<Packed>>();
  return {
    get: async (program, signal, onProgress) => {
      const key = keyOf(program);
      const known = coming.get(key);
      if (known !== undefined) return known;
      const { ProgramCache } = await import('./cache.js');
      const getting = coming.get(key) ?? new ProgramCache(folder).get(program, { signal, onProgress });
      coming.set(key, getting);
      // A failure isn't kept: the next one may succeed.
      getting.catch(() => coming.delete(key));
      return getting;
    },
  };
}

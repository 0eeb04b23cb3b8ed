import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { writeNewFile } from '../../new-file.js';

/** Keeps a copy of a file next to it, as `inventory.old.yaml`, `inventory.old-2.yaml` …; `text` is its content. */
export function setAside(
  from: string,
  text = readFileSync(from, 'utf8'),
): { readonly from: string; readonly to: string } {
  const ending = extname(from);
  const stem = from.slice(0, from.length - ending.length);
  for (let n = 1; ; n += 1) {
    const to = `${stem}.old${n === 1 ? '' : `-${n}`}${ending}`;
    if (existsSync(to)) continue;
    writeNewFile(to, text);
    return { from, to };
  }
}

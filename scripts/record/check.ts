import { homedir } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Bytes that a page may take to load for it. */
const MOST_BYTES = 60_000;

/** What in a recording belongs to the machine that it was made on, or is too much. */
export function problemsOf(svg: string): string[] {
  const addresses = [...new Set(svg.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [])];
  const real = addresses.filter((text) => ipaddr.isValid(text) && ipaddr.parse(text).range() === 'unicast');
  const paths = [process.cwd(), homedir()].filter((path) => path !== '/' && svg.includes(path));
  const bytes = Buffer.byteLength(svg);
  return [
    ...real.map((address) => `${address} is not an address for documentation`),
    ...paths.map((path) => `${path} is a path of this machine`),
    ...(/(?:href|src)=|url\(/.test(svg) ? ['it needs something else to be shown'] : []),
    ...(bytes > MOST_BYTES ? [`it has ${bytes} bytes; ${MOST_BYTES} at most`] : []),
  ];
}

// An old Node reads this too, down to 12, so that its user gets a sentence: no newer syntax, and no `node:`.
// biome-ignore lint/style/useNodejsImportProtocol: Node 12 doesn't know it.
import { readFileSync } from 'fs';

const { engines, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The version of Bridgehead. */
export { version };

/** What is wrong with the version of Node, such as `18.20.8`, in one line; undefined if nothing is. */
export function refusalOf(running) {
  const wanted = /[\d.]+/.exec(engines.node)[0];
  const [major, minor] = wanted.split('.').map(Number);
  const [ownMajor, ownMinor] = running.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return undefined;
  return `bridgehead needs Node ${wanted} or newer; ${process.execPath} is ${running}`;
}

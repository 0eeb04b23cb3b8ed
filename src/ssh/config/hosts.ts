import { blocksOf, type ConfigText, isService, namedHosts, settingsOf } from './blocks.js';
import type { Home } from './home.js';
import { filesOf, textOf, unquote } from './scope.js';

/** Names that can be typed as a destination; an address is one, too. */
const PLAIN = /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]*$/;

/**
 * The hosts that ~/.ssh/config names one by one, in its order, those of included files too. Patterns are left out, and so
 * are Git services. Without a file there are none.
 */
export function configHosts(home: Home): string[] {
  const base = { home: home.path, folder: `${home.path}/.ssh` };
  const read = (file: string): ConfigText => ({ file, text: textOf(file) ?? '' });
  const blocks = blocksOf(read(`${base.folder}/config`), (written) =>
    written
      .split(/[ \t]+/)
      .flatMap((path) => filesOf(unquote(path), base) ?? [])
      .map(read),
  );
  return namedHosts(blocks)
    .map(({ name }) => name)
    .filter((name) => PLAIN.test(name) && !isService(name, settingsOf(name, blocks)));
}

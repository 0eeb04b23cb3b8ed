import { quote } from '../../../remote/quote.js';

/**
 * sh that prints `MODE OWNER PATH` of the files with private keys. Where the proxy may write, it may also put links to files that are not
 * its own: for one of those, and for a file with another name elsewhere, the mode is `link`. No link to a folder is followed.
 */
export function printKeyFiles(state: string, name: string): string {
  const keys = `find ${quote(state)} -name ${quote(name)}`;
  return `if [ -d ${quote(state)} ]; then
${keys} -type f -links 1 -exec stat -c '%a %U %n' '{}' +
${keys} ! -type d '(' ! -type f -o ! -links 1 ')' -exec stat -c 'link %U %n' '{}' +
fi`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../../src/lab/index.js';
import { blocksIn } from '../../docs/blocks.js';
import { exec } from './bridgehead.js';

const PAGE = 'docs/recipes/systemd.md';
const blocks = (language: string): string[] =>
  blocksIn(PAGE)
    .filter((block) => block.language === language)
    .map(({ lines }) => `${lines.join('\n')}\n`);

/** The units that docs/recipes/systemd.md shows, by their file's name, which their first line names. */
export const UNITS: ReadonlyMap<string, string> = new Map(
  blocks('ini').map((text) => [/^# \/etc\/systemd\/system\/(\S+)\n/.exec(text)?.[1] ?? '', text]),
);

/** What the service runs, in order. */
export const LINES: readonly string[] = [
  ...(UNITS.get('bridgehead-drift.service') ?? '').matchAll(/^ExecStart=\/usr\/local\/bin\/(.*)$/gm),
].map(([, line = '']) => line);

/** Shows what the service has printed. */
export const LOG = 'journalctl --no-pager -o cat -u bridgehead-drift.service';

/** Copies the program, and the Node of its first argument, to the login of its second. */
const COPY = `tar c --dereference bin dist playbooks package.json -C "$(dirname "$1")" "$(basename "$1")" |
  ssh -o BatchMode=yes "$2" 'mkdir /opt/bridgehead && tar x -C /opt/bridgehead --no-same-owner'`;

/** Sets a machine of the lab up as the page says, with this Node and the built program, and starts the service. */
export async function setUpNight(
  lab: Lab,
  node: string,
  files: { readonly inventory: string; readonly notify: string; readonly login: string },
): Promise<void> {
  const copied = await lab.run(['sh', '-c', COPY, 'sh', process.execPath, files.login]);
  if (copied.code !== 0) throw new Error(copied.stderr);
  await exec(
    lab,
    node,
    'mv /opt/bridgehead/node /usr/local/bin; ln -s /opt/bridgehead/bin/bridgehead.js /usr/local/bin/bridgehead',
  );
  const [prepare = '', start = ''] = blocks('sh');
  await exec(lab, node, `set -e\n${prepare}`);
  const own = async (path: string, text: string) => {
    await exec(lab, node, `umask 077; cat >${path} && chown bridgehead: ${path}`, { input: text });
  };
  const secret = (name: string) => readFileSync(join(lab.home, '.ssh', name), 'utf8');
  await own('/var/lib/bridgehead-drift/.ssh/id_ed25519', secret('id_ed25519'));
  await own('/var/lib/bridgehead-drift/.ssh/known_hosts', secret('known_hosts'));
  await own('/etc/bridgehead/sudo-password', readFileSync(lab.sudoPasswordFile, 'utf8'));
  await own('/etc/bridgehead/inventory.yaml', files.inventory);
  await own('/etc/bridgehead/notify.yaml', files.notify);
  for (const [name, text] of UNITS) {
    await exec(lab, node, `cat >/etc/systemd/system/${name}`, { input: text });
  }
  const { code } = await lab.exec(node, `set -e\n${start}`);
  if (code !== 0) throw new Error(await exec(lab, node, LOG));
}

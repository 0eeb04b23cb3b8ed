import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from '../case.js';
import type { RunReport } from '../controller.js';
import { onNode } from '../world.js';
import type { Broken } from './invariants.js';

/** No secret in any byte that was written: what was said, the state folder, the machines' journals. */
export async function keepsSecrets({ world, lane }: Scene, reports: readonly RunReport[]): Promise<Broken> {
  const password = (await readFile(world.lab.sudoPasswordFile, 'utf8')).trim();
  const keys = await Promise.all(
    lane.nodes.map((node) => onNode(world.lab, node, 'cat /etc/wireguard/*.key 2>/dev/null || true')),
  );
  const secrets = [password, ...keys.flatMap((text) => text.split('\n'))].filter((text) => text !== '');
  const encodings = ['utf8', 'base64', 'hex'] as const;
  const forms = secrets.flatMap((secret) =>
    encodings.map((encoding) => Buffer.from(secret).toString(encoding)),
  );
  const written = reports.flatMap(({ stdout, stderr }) => [
    { place: 'standard output', text: stdout },
    { place: 'standard error', text: stderr },
  ]);
  for (const folder of new Set(reports.map(({ stateDir }) => stateDir))) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const place = join(entry.parentPath ?? entry.path, entry.name);
      written.push({ place, text: await readFile(place, 'latin1') });
    }
  }
  const here = written
    .filter(({ text }) => forms.some((form) => text.includes(form)))
    .map(({ place }) => `a secret is in ${place}`);
  const there = lane.nodes.map(async (node) => {
    const { stdout } = await world.lab.exec(node, ON_NODE, { input: `${forms.join('\n')}\n` });
    return stdout
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => `${node}: ${text}`);
  });
  return [...here, ...(await Promise.all(there)).flat()];
}

/** Secrets come on standard input, so that no argument list holds one. */
const ON_NODE = `
umask 077
cat >/root/faults-secrets
journalctl -b 0 -o cat --no-pager | grep -qFf /root/faults-secrets && echo 'a secret is in the journal of the machine'
[ ! -e /var/lib/bridgehead ] || [ "$(stat -c '%a %U' /var/lib/bridgehead)" = '700 root' ] || echo '/var/lib/bridgehead is open to others'
rm /root/faults-secrets
`;

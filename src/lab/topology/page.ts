import type { Inventory, Node } from '../../model/inventory.js';
import { command } from '../../remote/quote.js';
import type { MachinePlan } from '../types.js';

/** Port on which nodes of a lab with clients serve a page. */
export const PAGE_PORT = 3000;

export type MachineFile = MachinePlan['files'][number];

export function plainFile(path: string, content: string, mode = 0o644): MachineFile {
  return { path, mode, content };
}

/** POSIX sh that answers one HTTP request on its standard input and output, and shows the visitor where it came from. */
export function pageScript(title: string): string {
  return `#!/bin/sh
cr=$(printf '\\r')
while IFS= read -r line && [ "$line" != "$cr" ] && [ -n "$line" ]; do :; done
from=\${REMOTE_ADDR:-$SOCAT_PEERADDR}
page=${command(title)}"; you came from \${from#::ffff:}"
printf 'HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: %s\\r\\n\\r\\n%s\\n' "$((\${#page} + 1))" "$page"
`;
}

/** The page of a node that clients may want, served by systemd itself, so that the machine needs no web server. */
export function pageFiles(inventory: Inventory, node: Node): readonly MachineFile[] {
  if (!servesPage(inventory, node)) return [];
  const script = '/usr/local/lib/bridgehead-lab/page';
  const units = '/etc/systemd/system';
  return [
    plainFile(script, pageScript(`this is ${node.name} in ${node.site}`), 0o755),
    plainFile(
      `${units}/bridgehead-lab-page.socket`,
      `[Unit]\nDescription=The page of ${node.name}\n\n[Socket]\nListenStream=${PAGE_PORT}\nAccept=yes\n`,
    ),
    plainFile(
      `${units}/bridgehead-lab-page@.service`,
      [
        '[Unit]',
        'Description=An answer to one visitor',
        'CollectMode=inactive-or-failed',
        '',
        '[Service]',
        // A visitor that disconnects early isn't a failure of the machine.
        `ExecStart=-${script}`,
        'StandardInput=socket',
        'StandardError=journal',
        'RuntimeMaxSec=15',
        '',
      ].join('\n'),
    ),
    plainFile(
      `${units}/sockets.target.d/bridgehead-lab-page.conf`,
      '[Unit]\nWants=bridgehead-lab-page.socket\n',
    ),
  ];
}

/** Whether a node has a page: those in a LAN, if there are clients to read it. */
export function servesPage({ networks }: Inventory, node: Node): boolean {
  return (
    networks.some(({ clients }) => clients.length > 0) &&
    node.site !== undefined &&
    node.lanAddresses.length > 0
  );
}

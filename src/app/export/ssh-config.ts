import type { Inventory, Node } from '../../model/inventory.js';

const HEADER = `# Written by \`bridgehead export ssh-config\`. To use it, put this line on top of ~/.ssh/config:
#   Include PATH-OF-THIS-FILE
`;

/** An ssh_config with a Host for each node; jump hosts have the names of their nodes. */
export function sshConfigText({ nodes }: Inventory): string {
  return HEADER + nodes.map(hostBlock).join('');
}

function hostBlock({ name, ssh }: Node): string {
  const settings = {
    // Without it the name is looked up, also in the rest of ~/.ssh/config.
    HostName: ssh.host === name ? undefined : ssh.host,
    Port: ssh.port,
    User: ssh.user,
    IdentityFile: ssh.key === undefined ? undefined : quoted(ssh.key),
    ProxyJump: ssh.jump,
  };
  const lines = Object.entries(settings).filter(([, value]) => value !== undefined);
  return `\nHost ${name}\n${lines.map(([key, value]) => `  ${key} ${value}\n`).join('')}`;
}

const quoted = (path: string): string => (/[\s#]/.test(path) ? `"${path}"` : path);

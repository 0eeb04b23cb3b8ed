/** Names that no interface can have though they look like one, and what they mean instead. */
export const INTERFACE_WORDS: ReadonlyMap<string, string> = new Map([
  ['lo', 'it is the loopback of every machine'],
  ['all', 'the kernel keeps the settings of all interfaces under that name'],
  ['default', 'the kernel keeps the settings of new interfaces under that name'],
  ['interfaces', '`wg show interfaces` lists the interfaces'],
  ['bonding_masters', 'the kernel keeps a file under that name'],
]);

const SELECTOR = 'in a playbook, `on:` means';
const REACH = "in a client's `reach` it means";

/** Names that no node can have, since they stand where a node could be named, and what they mean there. */
export const NODE_WORDS: ReadonlyMap<string, string> = new Map([
  ['all', `${SELECTOR} every node by it`],
  ['members', `${SELECTOR} the nodes of all networks by it`],
  ['hub', `${SELECTOR} the hubs by it`],
  ['gateway', `${SELECTOR} the gateways by it`],
  ['forwarding', `${SELECTOR} the nodes that pass packets on by it`],
  ['overlay', `${REACH} every member and client`],
  ['lan', `${REACH} every advertised LAN`],
  ['internet', `${REACH} the internet through the hub`],
  ['none', 'in `ssh.jump` it means no jump host'],
]);

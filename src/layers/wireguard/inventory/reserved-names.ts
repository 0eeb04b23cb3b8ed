/** Names that look valid but that no interface can have, and their meaning. */
export const INTERFACE_WORDS: ReadonlyMap<string, string> = new Map([
  ['lo', 'it is the loopback interface'],
  ['all', 'the kernel keeps the settings of all interfaces under that name'],
  ['default', 'the kernel keeps the settings of new interfaces under that name'],
  ['interfaces', '`wg show interfaces` lists the interfaces'],
  ['apps', 'the rules that lead to apps are kept under that name'],
  ['bonding_masters', 'the kernel keeps a file under that name'],
]);

const REACH = "in a client's `reach` it means";

/** Words of a client's `reach`, which could be taken for nodes. */
export const REACH_WORDS: ReadonlyMap<string, string> = new Map([
  ['overlay', `${REACH} every member and client`],
  ['lan', `${REACH} every advertised LAN`],
  ['internet', `${REACH} the internet through the hub`],
]);

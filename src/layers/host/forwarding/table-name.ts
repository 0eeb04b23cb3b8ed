import { nftWord } from '../../../facts/firewall/nft-word.js';

/** Name of an interface's own nftables table, of family inet. */
export function forwardingTable(interfaceName: string): string {
  return `bridgehead_${nftWord(interfaceName)}`;
}

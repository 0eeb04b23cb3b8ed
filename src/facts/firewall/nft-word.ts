/** An interface's name as it stands within the name of an nftables table, which has letters, digits and `_` alone. */
export function nftWord(interfaceName: string): string {
  return interfaceName.replaceAll(/[^A-Za-z0-9]/g, '_');
}

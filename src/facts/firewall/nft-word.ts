/** An interface's name inside the name of an nftables table, which may only contain letters, digits and `_`. */
export function nftWord(interfaceName: string): string {
  return interfaceName.replaceAll(/[^A-Za-z0-9]/g, '_');
}

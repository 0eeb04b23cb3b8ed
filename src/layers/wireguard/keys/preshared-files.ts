/** Where the preshared keys of an interface are; `name` is its name, or an sh word for it. */
export const presharedFolder = (name: string): string => `/etc/wireguard/psk/${name}`;

/** Where a node keeps the preshared key that it shares with a peer; `name` is the interface, or `%i` in its config. */
export const presharedKeyFile = (name: string, peer: string): string => `${presharedFolder(name)}/${peer}`;

/** A file with a preshared key. */
export interface PresharedFile {
  readonly path: string;
  /** `600 root root`. */
  readonly mode: string;
  /** Hexadecimal, of the key without the end of its line. */
  readonly sha256: string;
}

export interface ListedAs {
  /** Of the loop; `file` when left out. */
  readonly variable?: string;
  /** What each line begins with: sh within double quotes. */
  readonly prefix?: string;
}

/** sh that prints mode, owner, checksum and path of each preshared key in a folder, which is an sh word; the keys stay. */
export function listPresharedKeys(folder: string, { variable = 'file', prefix = '' }: ListedAs = {}): string {
  const path = `"$${variable}"`;
  return `for ${variable} in ${folder}/*; do
[ -f ${path} ] || continue
key=$(cat ${path})
sum=$(printf %s "$key" | sha256sum)
echo "${prefix}$(stat -c '%a %U %G' ${path}) \${sum%% *} $${variable}"
done`;
}

/** Reads such a line, without its prefix; undefined if it is something else. */
export function parsePresharedFile(line: string): PresharedFile | undefined {
  const [, mode, sha256, path] = /^(\d+ \S+ \S+) ([0-9a-f]{64}) (\/.*)$/.exec(line) ?? [];
  return mode === undefined || sha256 === undefined || path === undefined
    ? undefined
    : { path, mode, sha256 };
}

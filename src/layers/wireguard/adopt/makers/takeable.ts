import { earlierFiles, type NetworkFile } from './earlier.js';
import { networkManagerTakeover } from './network-manager.js';
import { networkdTakeover } from './networkd.js';
import type { Maker, MakerFile, Takeover } from './takeover.js';

/** What a node has of the files of an interface's makers. */
export interface MakerFiles {
  readonly files: readonly MakerFile[];
  /** Paths of files that belong to those and aren't read: drop-ins, and what has continued lines. */
  readonly extras: readonly string[];
  /** Every `.network` file, if networkd makes the interface. */
  readonly networks: readonly NetworkFile[];
  /** Those of the makers' files as which the interface runs. */
  readonly drives: readonly string[];
}

/** Only what lies here stays away once it is moved: below /run and /usr, a generator or a package makes it again. */
const OWN_FOLDERS: Readonly<Record<Takeover['kind'], string>> = {
  networkd: '/etc/systemd/network/',
  NetworkManager: '/etc/NetworkManager/system-connections/',
};

/** What becomes of an interface that exactly one other program makes; undefined if that is none whose files are understood. */
export function takeoverOf(
  interfaceName: string,
  makers: readonly Maker[],
  { files, extras, networks, drives }: MakerFiles,
): Takeover | undefined {
  const [maker, another] = makers.filter(({ kind }) => kind !== 'container');
  const [first] = files;
  if (maker === undefined || another !== undefined || first === undefined) return undefined;
  const { kind, where } = maker;
  if (kind !== 'networkd' && kind !== 'NetworkManager') return undefined;
  if (files.some(({ path }) => !path.startsWith(OWN_FOLDERS[kind]))) return undefined;
  const made =
    kind === 'networkd'
      ? networkdTakeover(interfaceName, files, extras)
      : networkManagerTakeover(first, extras);
  const earlier = kind === 'networkd' ? earlierFiles(interfaceName, networks, made.files) : [];
  return { ...made, untaken: [...made.untaken, ...earlier], drives: drives.includes(where) };
}

/** Where a program can be downloaded. At least one of its sums is known. */
export interface Build {
  readonly url: string;
  /** SHA-256 of what is downloaded. */
  readonly sha256?: string;
  /** SHA-256 of the program in it. */
  readonly program?: string;
  /** Of the program, in an archive. */
  readonly path?: string;
}

/** A program for one kind of processor. */
export interface Program {
  readonly name: string;
  readonly version: string;
  /** As publishers call it: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly build: Build;
}

/** What the controller has to send to a node before a change can be made there. */
export interface Parcel {
  readonly program: Program;
  /** Absolute path at which the change's script finds it, readable by root alone. */
  readonly to: string;
}

/** A verified program on the controller. */
export interface Packed {
  /** The program, compressed by gzip. */
  readonly file: string;
  /** SHA-256 of the program. */
  readonly sha256: string;
  /** Size of the file, compressed. */
  readonly bytes: number;
}

/**
 * By which a build is recognised, a word: what was once verified by it doesn't have to be again. An archive's sum says nothing of which file
 * in it is the program.
 */
export const pinOf = ({ sha256, program, path }: Build): string => {
  const pin = sha256 ?? program ?? '';
  return path === undefined || program !== undefined ? pin : `${pin}:${encodeURIComponent(path)}`;
};

/** `traefik 3.7.15 for amd64` */
export const titleOf = ({ name, version, architecture }: Program): string =>
  `${name} ${version} for ${architecture}`;

/** Same once `titleOf` is the same; a step may define its own build of it. */
export const keyOf = (program: Program): string => `${titleOf(program)} ${pinOf(program.build)}`;

/** Folder of all programs on a node. */
export const PROGRAMS_FOLDER = '/usr/local/lib/bridgehead';

export interface Places {
  /** Of all versions. */
  readonly folder: string;
  /** Link to the folder of the version in use. */
  readonly current: string;
  /** Link by which it is called. */
  readonly link: string;
  /** What the link has to point to. */
  readonly target: string;
}

export function placesOf(name: string): Places {
  const folder = `${PROGRAMS_FOLDER}/${name}`;
  return {
    folder,
    current: `${folder}/current`,
    link: `/usr/local/bin/${name}`,
    target: `${folder}/current/${name}`,
  };
}

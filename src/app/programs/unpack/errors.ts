/** An archive that can't be read, or without the wanted file. */
export class ArchiveError extends Error {}

const SHOWN = 8;

export function notInArchive(path: string, names: readonly string[]): ArchiveError {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return new ArchiveError(
    `there is no ${path} in the archive, only ${names.slice(0, SHOWN).join(', ') || 'nothing'}${more}`,
  );
}

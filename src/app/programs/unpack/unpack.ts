import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ArchiveError } from './errors.js';
import { fileInTar } from './tar.js';
import { fileInZip, piped } from './zip.js';

async function beginning(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await handle.close();
  }
}

/** The bytes of a program in what was downloaded: the program itself, compressed by gzip, or in a .tar.gz or .zip. */
export async function* unpacked(file: string, path: string | undefined): AsyncGenerator<Buffer> {
  const magic = await beginning(file);
  if (magic.startsWith('PK')) {
    if (path === undefined)
      throw new ArchiveError('it is a zip archive, and no path says which file of it is meant');
    yield* fileInZip(file, path);
  } else if (magic.startsWith('\x1f\x8b')) {
    const inner = piped(createReadStream(file), createGunzip());
    yield* path === undefined ? inner : fileInTar(inner, path);
  } else if (path === undefined) {
    yield* createReadStream(file);
  } else {
    throw new ArchiveError(`it is neither a .tar.gz nor a .zip, so there is no ${path} in it`);
  }
}

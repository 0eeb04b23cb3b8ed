import { Chunks } from './chunks.js';
import { ArchiveError, notInArchive } from './errors.js';

const BLOCK = 512;
/** A longer name than any file system has. */
const MAX_NAME = 64 * 1024;

const textOf = (block: Buffer, from: number, length: number): string =>
  block
    .subarray(from, from + length)
    .toString('utf8')
    .split('\0', 1)[0] ?? '';

/** Octal digits, or base 256 if the highest bit is set. */
function sizeOf(block: Buffer): number {
  const field = block.subarray(124, 136);
  const size =
    ((field[0] ?? 0) & 0x80) === 0
      ? Number.parseInt(textOf(block, 124, 12).trim() || '0', 8)
      : Number(field.readBigUInt64BE(4));
  if (!Number.isSafeInteger(size)) throw new ArchiveError('a header of the archive has no size');
  return size;
}

function nameOf(block: Buffer): string {
  const prefix = textOf(block, 257, 5) === 'ustar' ? textOf(block, 345, 155) : '';
  const name = textOf(block, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The path in the records of a pax header, `LENGTH KEY=VALUE`. */
const paxPath = (records: string): string | undefined => /^\d+ path=(.*)$/m.exec(records)?.[1];

const normal = (name: string): string => name.replace(/^\.\//, '');

/** The bytes of one file of a tar archive. Throws ArchiveError if it isn't there. */
export async function* fileInTar(source: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const chunks = new Chunks(source);
  const names: string[] = [];
  let longName: string | undefined;
  for (;;) {
    const block = await chunks.take(BLOCK);
    if (block.length < BLOCK || block.every((byte) => byte === 0)) throw notInArchive(path, names);
    const size = sizeOf(block);
    const type = String.fromCharCode(block[156] ?? 0);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (type === 'x' || type === 'L') {
      if (size > MAX_NAME) throw new ArchiveError('a header of the archive is too long');
      const text = (await chunks.take(size)).toString('utf8');
      await chunks.take(padding);
      longName = type === 'x' ? (paxPath(text) ?? longName) : text.replace(/\0.*$/s, '');
      continue;
    }
    const name = normal(longName ?? nameOf(block));
    longName = undefined;
    const isFile = type === '0' || type === '\0';
    if (isFile && name === normal(path)) {
      let left = size;
      for await (const piece of chunks.pass(size)) {
        left -= piece.length;
        yield piece;
      }
      if (left > 0) throw new ArchiveError('the archive is cut off');
      return;
    }
    if (isFile) names.push(name);
    for await (const _ of chunks.pass(size + padding));
  }
}

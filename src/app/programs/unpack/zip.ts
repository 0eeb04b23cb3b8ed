import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { ArchiveError, notInArchive } from './errors.js';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;
const ZIP64 = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  /** Of its local header in the file. */
  readonly at: number;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw new ArchiveError('the archive is cut off');
  return buffer;
}

async function directoryOf(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const length = Math.min(size, END_BYTES + MAX_COMMENT);
  const tail = await bytesAt(file, size - length, length);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || tail.length - end < END_BYTES || tail.readUInt32LE(end) !== END)
    throw new ArchiveError('the zip archive has no directory');
  const at = tail.readUInt32LE(end + 16);
  if (at === ZIP64) throw new ArchiveError('the zip archive is larger than 4 GB');
  return bytesAt(file, at, tail.readUInt32LE(end + 12));
}

function* entriesOf(directory: Buffer): Generator<Entry> {
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    yield {
      name: directory.subarray(at + 46, at + 46 + nameLength).toString('utf8'),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
}

/** The bytes of one file of a zip archive. Throws ArchiveError if it isn't there. */
export async function* fileInZip(archive: string, path: string): AsyncGenerator<Buffer> {
  const file = await open(archive, 'r');
  let from: number;
  let entry: Entry | undefined;
  try {
    const entries = [...entriesOf(await directoryOf(file))];
    entry = entries.find(({ name }) => name === path);
    if (entry === undefined)
      throw notInArchive(
        path,
        entries.map(({ name }) => name),
      );
    const local = await bytesAt(file, entry.at, 30);
    if (local.readUInt32LE(0) !== LOCAL) throw new ArchiveError('the zip archive is damaged');
    from = entry.at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  } finally {
    await file.close();
  }
  if (entry.packed === 0) return;
  const packed = createReadStream(archive, { start: from, end: from + entry.packed - 1 });
  if (entry.method === STORED) yield* packed;
  else if (entry.method === DEFLATED) yield* piped(packed, createInflateRaw());
  else throw new ArchiveError(`${path} is compressed in a way (${entry.method}) that is not supported`);
}

/** An error of the source ends what is read from the transform. */
export async function* piped(
  source: NodeJS.ReadableStream,
  transform: NodeJS.ReadWriteStream & { destroy(error?: Error): void },
): AsyncGenerator<Buffer> {
  source.once('error', (error) => transform.destroy(error));
  for await (const chunk of source.pipe(transform)) yield chunk as Buffer;
}

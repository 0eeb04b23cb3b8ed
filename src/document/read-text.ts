import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import type { Problem } from '../core/errors.js';
import { InputError } from '../core/errors.js';

/** Bytes; an inventory of a thousand nodes has about a fifth of that. */
const LARGEST = 1024 * 1024;

/** Characters that YAML doesn't allow in a file. */
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]/;

/** Reads a text file without its byte order mark. Throws InputError. */
export function readText(file: string): string {
  const bytes = readBytes(file);
  if (!isUtf8(bytes)) throw new InputError([notUtf8(file, bytes)]);
  const text = new TextDecoder('utf-8').decode(bytes);
  const odd = UNPRINTABLE.exec(text);
  if (odd) throw new InputError([unprintable(file, text, odd.index)]);
  return text;
}

function readBytes(file: string): Buffer {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw refuse(file, 'is a directory', 'name a file in it');
    if (!stat.isFile()) throw refuse(file, 'is not a regular file', 'write it to a file first');
    if (stat.size > LARGEST) {
      const size = (stat.size / LARGEST).toFixed(1);
      throw refuse(file, `is too large (${size} MiB)`, 'the limit is 1 MiB');
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): InputError {
  const code = typeof cause === 'object' && cause && 'code' in cause ? String(cause.code) : String(cause);
  if (code === 'ENOENT') return refuse(file, 'no such file', 'check the path');
  if (code === 'ENOTDIR') return refuse(file, 'part of the path is not a folder', 'check the path');
  if (code === 'EACCES' || code === 'EPERM') {
    return refuse(file, 'permission denied', 'give yourself read permission on it and its folder');
  }
  return refuse(file, `cannot be read (${code})`, 'check the path and the disk');
}

function refuse(file: string, message: string, fix: string): InputError {
  return new InputError([{ file, message, fix }]);
}

function notUtf8(file: string, bytes: Buffer): Problem {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part) || newline < 0) {
      const column = new TextDecoder('utf-8').decode(part).indexOf('\ufffd') + 1;
      return { file, line, column, message: 'is not UTF-8 text', fix: 'save the file as UTF-8' };
    }
    start = end + 1;
  }
}

function unprintable(file: string, text: string, index: number): Problem {
  const before = text.slice(0, index).split('\n');
  const code = text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
  const message = code === '0000' ? 'contains a NUL character' : `contains the control character U+${code}`;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { file, line: before.length, column, message, fix: 'remove it; the file must be plain text' };
}

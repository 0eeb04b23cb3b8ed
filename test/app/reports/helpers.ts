import type { Io } from '../../../src/app/terminal/io.js';

/** Streams that keep what is written to them. */
export function ioIn(cwd: string): { readonly io: Io; readonly shown: { stdout: string; stderr: string } } {
  const shown = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof shown) => ({
    write: (text: string) => {
      shown[name] += text;
    },
  });
  return {
    io: { stdout: stream('stdout'), stderr: stream('stderr'), stdin: {}, env: {}, cwd },
    shown,
  };
}

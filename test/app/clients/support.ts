import type { Connection, Transport } from '../../../src/remote/transport.js';

export const KEY = (letter: string) => `${letter.repeat(43)}=`;

/** A hub whose interface shows these lines of the probe. */
export function hubWith(lines: readonly string[]): Transport {
  const connection: Connection = {
    run: async (program, { onStdout, onStderr }) => {
      const nonce = /^bridgehead_nonce='([0-9a-f]{32})'$/m.exec(program)?.[1];
      const mark = (text: string) => `\n@${nonce} ${text}\n`;
      const begin = mark('begin question');
      const end = mark('end question 0') + mark('done');
      onStdout?.(
        Buffer.from(`${begin}${['@now 1000', `@own ${KEY('H')}`, '@mtu 1420', ...lines].join('\n')}${end}`),
      );
      onStderr?.(Buffer.from(begin + end));
      return { code: 0 };
    },
    close: async () => {},
  };
  return { connect: async () => connection, close: async () => {} };
}

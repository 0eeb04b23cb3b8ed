import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BridgeheadError } from '../../src/core/errors.js';
import { type FileToSend, sendFile } from '../../src/remote/send-file.js';
import { LocalConnection } from '../support/local-transport.js';
import { SHELLS } from '../support/shells.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-send-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CONTENT = Buffer.concat([randomBytes(3_000_000), Buffer.from('exit 1\n\0receive\n')]);

function sending(content: Buffer, changes: Partial<FileToSend> = {}): FileToSend {
  const file = join(folder, 'program.gz');
  writeFileSync(file, gzipSync(content));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    node: 'a',
    file,
    bytes: statSync(file).size,
    sha256,
    to: join(folder, 'there', 'program'),
    ...changes,
  };
}

const failure = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(SHELLS)('a file that is sent to $name', ({ argv }) => {
  const connection = () => new LocalConnection([...argv, '-s']);

  it('arrives byte for byte, and for root alone', async () => {
    const sent: number[] = [];
    const file = sending(CONTENT, { onProgress: (bytes) => sent.push(bytes) });
    await sendFile(connection(), file);
    expect(readFileSync(file.to).equals(CONTENT)).toBe(true);
    expect(statSync(file.to).mode & 0o777).toBe(0o600);
    expect(sent.at(-1)).toBe(file.bytes);
    expect(sent.length).toBeGreaterThan(10);
  });

  it('leaves nothing if it is another one', async () => {
    const file = sending(CONTENT, { sha256: 'b'.repeat(64) });
    const error = await failure(sendFile(connection(), file));
    expect(error).toBeInstanceOf(BridgeheadError);
    expect(error).toMatchObject({ code: 'E_STEP', message: `a did not receive ${file.to}` });
    const sum = createHash('sha256').update(CONTENT).digest('hex');
    expect((error as BridgeheadError).details.evidence).toBe(
      `what arrived has SHA-256 ${sum} instead of ${'b'.repeat(64)}`,
    );
    expect(readdirSync(join(folder, 'there'))).toEqual([]);
  });

  it('leaves nothing if it is cut off', async () => {
    const file = sending(CONTENT);
    writeFileSync(file.file, readFileSync(file.file).subarray(0, 1_000_000));
    expect(await failure(sendFile(connection(), file))).toMatchObject({ code: 'E_STEP' });
    expect(readdirSync(join(folder, 'there'))).toEqual([]);
  });

  it('is refused by a node on which it has no place', async () => {
    writeFileSync(join(folder, 'there'), '');
    expect(await failure(sendFile(connection(), sending(CONTENT)))).toMatchObject({ code: 'E_STEP' });
  });
});

it('is in no argument and not in the program', async () => {
  const connection = new LocalConnection(['dash', '-s']);
  await sendFile(connection, sending(CONTENT));
  expect(connection.programs[0]?.length).toBeLessThan(2000);
});

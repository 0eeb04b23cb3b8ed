import { BridgeheadError } from '../../../src/core/errors.js';
import type { Connection, RunOptions, Transport } from '../../../src/remote/transport.js';
import { createSshTransport, type SshOptions } from '../../../src/ssh/index.js';

const transports: Transport[] = [];

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

/** A transport that is closed after the test, with nothing of the tester's own environment. */
export function transport(options: Partial<SshOptions> & Pick<SshOptions, 'inventory' | 'home'>): Transport {
  const made = createSshTransport({
    acceptNew: false,
    connectTimeoutMs: 15_000,
    retryDelayMs: 20,
    env: { PATH: process.env['PATH'] },
    ...options,
  });
  transports.push(made);
  return made;
}

export async function collect(connection: Connection, program: string, options: Partial<RunOptions> = {}) {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const { code } = await connection.run(program, {
    deadlineMs: 5000,
    maxBytes: 1 << 20,
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
    ...options,
  });
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** The error that a promise must end in, as one text with everything that a user may see of it. */
export async function failure(work: Promise<unknown>): Promise<{ error: BridgeheadError; text: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BridgeheadError)) throw new Error(`not refused as it should be: ${String(error)}`);
  const { node, evidence, fix } = error.details;
  return { error, text: `${error.code} ${node}: ${error.message}\n${evidence ?? ''}\n${fix ?? ''}` };
}

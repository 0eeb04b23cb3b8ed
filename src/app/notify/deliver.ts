import { createHmac } from 'node:crypto';
import { systemCode } from '../../core/errors.js';
import { redact } from '../../remote/redact.js';
import { sanitize } from '../../remote/sanitize.js';
import { type LocalReply, localCommand } from '../../ssh/local-command.js';
import { readVersion } from '../version.js';
import type { Command, Recipient, Webhook } from './load.js';

/** What is sent. */
export interface Message {
  /** The same in all attempts, so that a receiver can drop what it has already. */
  readonly id: string;
  readonly event: string;
  /** JSON. */
  readonly body: string;
}

/** Why an attempt failed; a final one would fail the same way again. */
export interface Failure {
  readonly reason: string;
  readonly isFinal: boolean;
}

const WEBHOOK_MS = 10_000;
const COMMAND_MS = 60_000;
const CHARACTERS = 300;

/** What the header `X-Bridgehead-Signature` says: the HMAC-SHA256 of the body, in hex. */
const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** One attempt; undefined if the message was taken. */
export function attempt(
  { via }: Recipient,
  message: Message,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Failure | undefined> {
  return via.kind === 'webhook' ? post(via, message) : run(via, message, env);
}

async function post({ url, secret }: Webhook, { id, event, body }: Message): Promise<Failure | undefined> {
  let response: Response;
  try {
    response = await fetch(url.reveal(), {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(WEBHOOK_MS),
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': `bridgehead/${readVersion()}`,
        'X-Bridgehead-Event': event,
        'X-Bridgehead-Delivery': id,
        ...(secret && { 'X-Bridgehead-Signature': signatureOf(body, secret.reveal()) }),
      },
    });
    await response.body?.cancel();
  } catch (error) {
    return { reason: unreached(error), isFinal: false };
  }
  const { status } = response;
  if (response.ok) return undefined;
  if (status >= 300 && status < 400)
    return { reason: `it redirects (${status}); name the address that it redirects to`, isFinal: true };
  const mayPass = status >= 500 || status === 408 || status === 425 || status === 429;
  return { reason: `it answered ${status}`, isFinal: !mayPass };
}

/** Without the message of the error, which may have the address in it. */
function unreached(error: unknown): string {
  const { name, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return `no answer within ${WEBHOOK_MS / 1000} s`;
  return `it can't be reached (${systemCode(cause) ?? name})`;
}

function whyEnded(by: NonNullable<LocalReply['endedBy']>): string {
  if (by === 'time') return `it did not end within ${COMMAND_MS / 1000} s`;
  return by === 'output' ? 'it printed more than 1 MiB' : `it was ended by ${by}`;
}

async function run(
  { words, folder }: Command,
  { event, body }: Message,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Failure | undefined> {
  const { code, endedBy, stderr } = await localCommand(words, {
    env: { ...env, BRIDGEHEAD_EVENT: event },
    cwd: folder,
    input: body,
    timeoutMs: COMMAND_MS,
  });
  if (code === 0) return undefined;
  const said = redact(sanitize(stderr.trim().replace(/\s*\n\s*/g, '; '), CHARACTERS));
  const how = endedBy === undefined ? `it exits with ${code}` : whyEnded(endedBy);
  const isFinal = code === 126 || code === 127 || endedBy === 'output';
  return { reason: said === '' ? how : `${how}: ${said}`, isFinal };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BridgeheadError, systemCode } from '../../core/errors.js';
import type { Progress } from '../../runner/parcels/paced.js';

/** Without a byte in this time the download is given up. */
const STALLED_MS = 60_000;

export interface DownloadRequest {
  readonly url: string;
  /** `traefik 3.7.15 for amd64` */
  readonly title: string;
  /** File that is written, 0600. */
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: Progress | undefined;
}

/** Downloads into a file; resolves with its SHA-256. Rejects with E_PROGRAM, or E_INTERRUPTED. */
export async function download(request: DownloadRequest): Promise<string> {
  const { url, to } = request;
  const stalled = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, stalled.signal]) : stalled.signal;
  let timer = setTimeout(() => stalled.abort(), STALLED_MS);
  const hash = createHash('sha256');
  let done = 0;
  let file: FileHandle | undefined;
  try {
    const { body, total } = await openUrl(request, signal);
    file = await open(to, 'w', 0o600);
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALLED_MS);
      hash.update(chunk);
      await file.writeFile(chunk);
      done += chunk.length;
      request.onProgress?.(done, total);
    }
    if (total !== undefined && done < total) throw new Error(`it ended after ${done} of ${total} bytes`);
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof BridgeheadError) throw error;
    if (request.signal?.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
    const reason = stalled.signal.aborted ? `nothing came for ${STALLED_MS / 1000} s` : reasonOf(error);
    throw unreachable(request, reason, error);
  } finally {
    clearTimeout(timer);
    await file?.close();
  }

  function unreachable({ title }: DownloadRequest, reason: string, cause: unknown): BridgeheadError {
    return new BridgeheadError('E_PROGRAM', `${title} could not be downloaded`, {
      evidence: `${url}: ${reason}`,
      fix: 'check the connection to the internet; or run `bridgehead programs fetch --programs DIR` on a machine that has one, and carry the folder here',
      cause,
    });
  }
}

interface Opened {
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | undefined;
}

async function openUrl({ url, title }: DownloadRequest, signal: AbortSignal): Promise<Opened> {
  if (url.startsWith('file:')) return { body: createReadStream(fileURLToPath(url)), total: undefined };
  const response = await fetch(url, { signal });
  if (response.ok && response.body !== null) {
    const length = Number(response.headers.get('content-length'));
    // A decoded body has another length.
    const isPlain = response.headers.get('content-encoding') === null;
    return { body: response.body, total: isPlain && length > 0 ? length : undefined };
  }
  await response.body?.cancel();
  throw new BridgeheadError('E_PROGRAM', `${title} could not be downloaded`, {
    evidence: `${url}: the server answered ${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}`,
    fix:
      response.status === 404
        ? 'check the version and the URL: that file is not there (any more)'
        : 'try again later, or open the URL in a browser',
  });
}

/** Node's fetch only says `fetch failed`; the reason is in its cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const code = systemCode(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name cannot be looked up';
  const message = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : '';
  return String(message || code || error);
}

import { count } from '../../../core/text.js';
import type { Finding } from '../../gate.js';
import { certificateFor, isPlanted, type KeyFile, type Stored } from './stored.js';

const DAY = 86_400_000;
const date = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Made by the proxy itself as long as it has none. */
export const isMakeshift = ({ issuer }: Stored): boolean =>
  /TRAEFIK DEFAULT CERT|Caddy Local Authority/.test(issuer);
const isForTrials = ({ issuer }: Stored): boolean => /\(STAGING\)/.test(issuer);

/** What the proxy shows; `none` if it shows no certificate, `unknown` if it can't be asked. */
export type Served = Stored | 'none' | 'unknown';

export interface HostSeen {
  readonly node: string;
  readonly app: string;
  readonly host: string;
  readonly served: Served;
  /** Whether the edge's authority is one for trials. */
  readonly isTrying: boolean;
  readonly stored: readonly Stored[];
  /** Milliseconds since 1970, by the clock of the node. */
  readonly now: number;
  /** Days that it must still be valid. */
  readonly days: number;
}

const ORDER = 'apply the phase that orders them (`bridgehead apply`); it says what the authority answers';

/** A quarter of its time is enough for a certificate that is only made for days. */
const wantedMs = ({ from, to }: Stored, days: number): number => Math.min(days * DAY, (to - from) / 4);

/** The certificate of one name: whether it is there, shown, for that name, and valid for a while. */
export function judgeHost(seen: HostSeen): Finding {
  const { node, app, host, stored, now, days } = seen;
  const served = typeof seen.served === 'string' ? undefined : seen.served;
  const base = { node, expected: `a certificate for ${host} (${app}), valid for ${count(days, 'day')} more` };
  const stop = (seen: string, fix: string): Finding => ({ ...base, go: false, seen, fix });
  const kept = certificateFor(host, stored);
  if (kept === undefined) {
    const shown = served === undefined ? '' : `; the proxy shows ${served.issuer}`;
    return stop(`there is none${shown}`, ORDER);
  }
  if (seen.served === 'none') {
    return stop(
      `the proxy has one, and shows none at port 443 of ${node}`,
      `apply, which starts the proxy; if it ends again, see its journal on ${node}`,
    );
  }
  if (served !== undefined && isMakeshift(served)) {
    return stop(
      `the proxy has one, and shows ${served.issuer}`,
      'see the journal of the proxy on the edge, and apply again',
    );
  }
  const shown = served ?? kept;
  if (certificateFor(host, [shown]) === undefined) {
    return stop(
      `the proxy shows one for ${shown.names.join(', ')}`,
      'see which app has that name, and apply again',
    );
  }
  if (shown.from > now) {
    return stop(
      `not valid before ${date(shown.from)}, and it is ${date(now)} on ${node}`,
      `set the clock of ${node}`,
    );
  }
  const left = shown.to - now;
  const text = `${shown.issuer}; ${left < 0 ? `expired on ${date(shown.to)}` : `${count(Math.floor(left / DAY), 'day')} left`}`;
  if (left < wantedMs(shown, days)) {
    return stop(
      text,
      `its renewal fails: see the journal of the proxy on ${node}, and the gates for names and ports`,
    );
  }
  if (served === undefined) {
    return {
      ...base,
      go: true,
      noted: true,
      seen: `${text}; what the proxy shows is not measured: no openssl`,
      fix: `install openssl on ${node}`,
    };
  }
  if (!isForTrials(shown)) return { ...base, go: true, seen: text };
  if (!seen.isTrying) {
    return stop(
      `${text}: browsers do not trust it`,
      `apply, which restarts the proxy if it still has its former authority`,
    );
  }
  const fix = 'once all gates are GO, remove acme.directory: staging; browsers do not trust this one';
  return { ...base, go: true, seen: text, fix, noted: true };
}

export const PLANTED_FIX =
  'only the user of the proxy can have put it there: find out who did, remove it, have the certificates revoked, and apply';

/** Files with private keys that others than the proxy can read. */
export function judgeKeyFiles(node: string, files: readonly KeyFile[], wanted: string): Finding[] {
  return files
    .filter(({ mode }) => mode !== wanted)
    .map((file) => ({
      go: false,
      node,
      expected: `${file.path} with mode and owner ${wanted}`,
      seen: isPlanted(file) ? 'a link, or a file with another name' : file.mode,
      fix: isPlanted(file)
        ? PLANTED_FIX
        : 'apply, which mends it; if others may have read the keys, have the certificates revoked',
    }));
}

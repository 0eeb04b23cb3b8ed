import { posix } from 'node:path';
import { command, quote } from '../../../../remote/quote.js';
import { KEEPS_AWAY } from '../../ownership/keeps-away.js';
import { NUDGE } from '../../tunnel/nudge.js';
import letGoNetworkManager from './let-go-network-manager.sh';
import letGoNetworkd from './let-go-networkd.sh';
import takeOver from './take-over.sh';
import type { Takeover } from './takeover.js';

export interface TakeoverRequest {
  readonly interface: string;
  readonly unit: string;
  readonly takeover: Takeover;
  /** The folder in which the program's files are kept. */
  readonly aside: string;
  /** Overlay addresses of peers, which are called from the new state: whatever became of their sessions, they answer. */
  readonly peers: readonly string[];
  /** Lines about them that the folder has in `of`. */
  readonly facts: readonly string[];
}

/** The part of a unit by which it starts without a command, and that is there only then. */
export const startsAsIs = (unit: string): string => `/run/systemd/system/${unit}.d/as-it-runs.conf`;

/** sh that gives a running interface to wg-quick; its configuration is there already. */
export function takeoverScript({
  interface: name,
  unit,
  takeover,
  aside,
  facts,
  peers,
}: TakeoverRequest): string {
  const { kind, files } = takeover;
  const away = quote(KEEPS_AWAY[kind](name));
  const copies = files.map((file) => command('cp', '-p', file, `${aside}/${posix.basename(file)}`));
  return `${NUDGE}umask 077
interface=${quote(name)}
unit=${quote(unit)}
drop_in=${quote(startsAsIs(unit))}
${[command('mkdir', '-p', aside), ...copies].join(' && ')} || exit
printf '%s\\n' ${command(...facts)} >${quote(`${aside}/of`)} || exit
sync
call_peers() { ${command('nudge', ...peers)} || :; }
remove_files() { ${command('rm', '-f', ...files)}; }
${kind === 'networkd' ? `network=${away}\n${letGoNetworkd}` : `conf=${away}\n${letGoNetworkManager}`}${takeOver}`;
}

import { BridgeheadError } from '../../core/errors.js';
import { command } from '../../remote/quote.js';
import { tail } from '../host/command.js';
import type { LabClient } from '../types.js';

const FETCH_MS = 10_000;
const TUNNEL = 'wg0';

/** What can be done with a client's machine; `exec` runs a script inside it. */
export function labClient(name: string, exec: LabClient['exec']): LabClient {
  return {
    exec,
    up: async (config, tunnel = TUNNEL) => {
      const { code, stdout, stderr } = await exec(upScript(tunnel), { input: config.reveal() });
      if (code === 0) return;
      throw new BridgeheadError('E_LAB', `wg-quick on client ${name} rejected its config`, {
        node: name,
        evidence: tail(stderr.trim() === '' ? stdout : stderr),
      });
    },
    down: async (tunnel = TUNNEL) => {
      const { code, stderr } = await exec(downScript(tunnel));
      if (code === 0) return;
      throw new BridgeheadError('E_LAB', `client ${name} could not take its tunnel down`, {
        node: name,
        evidence: tail(stderr),
      });
    },
    fetch: async (url, { timeoutMs = FETCH_MS } = {}) => {
      const seconds = String(timeoutMs / 1000);
      const argv = ['curl', '-sS', '-g', '--fail', '--noproxy', '*', '--max-time', seconds, url];
      const { code, stdout, stderr } = await exec(argv, { timeoutMs: timeoutMs + 10_000 });
      return code === 0 ? { ok: true, text: stdout.trim() } : { ok: false, text: stderr.trim() };
    },
  };
}

/** Reads the config from standard input; on failure the unit's log is the evidence. */
export function upScript(tunnel: string): string {
  const unit = command(`wg-quick@${tunnel}`);
  const file = command(`/etc/wireguard/${tunnel}.conf`);
  return `umask 077
mkdir -p /etc/wireguard
systemctl stop ${unit}
cat >${file}
systemctl reset-failed ${unit} 2>/dev/null
systemctl start ${unit} 2>/dev/null && exit 0
journalctl --quiet --no-pager --output=cat --lines=20 --unit=${unit} >&2
exit 1
`;
}

export function downScript(tunnel: string): string {
  return `systemctl stop ${command(`wg-quick@${tunnel}`)} && rm -f ${command(`/etc/wireguard/${tunnel}.conf`)}\n`;
}

import { all, integer, type Lines } from '../remote/reply-lines.js';
import sshPorts from './ssh-ports.sh';

/** sh that prints where sshd takes logins, now or from its next start on. */
export const READ_SSH_PORTS = sshPorts;

export const parseSshPorts = (lines: Lines): number[] =>
  all(lines, 'ssh-port').map(([port]) => integer(port));

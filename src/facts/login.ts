import type { Question } from '../remote/question.js';
import { all, fromLines, integer, type Lines } from '../remote/reply-lines.js';
import loginScript from './login.sh';
import session from './session.sh';

/** How the node was logged into, as sshd says. */
export interface Login {
  /** Bare addresses of both ends, as the node sees them. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** The device that has the address that was connected to. */
  readonly device?: string;
}

/** sh that leaves in `$login` how its own session came in, `FROM PORT TO PORT`; nothing if sshd didn't make it. */
export const READ_SESSION = session;

/** sh that prints how its own session came in. */
export const READ_LOGIN = `${READ_SESSION}${loginScript}`;

export function parseLogin(lines: Lines): Login | undefined {
  const [from, , to, port] = all(lines, 'login')[0] ?? [];
  if (from === undefined || to === undefined || port === undefined) return undefined;
  const [device] = all(lines, 'login-device')[0] ?? [];
  return {
    from: from.replace(/%.*$/, ''),
    to: to.replace(/%.*$/, ''),
    port: integer(port),
    ...(device !== undefined && { device }),
  };
}

/** How this very session came in; undefined for one that sshd didn't make. */
export const LOGIN: Question<Login | undefined> = {
  script: `${READ_LOGIN}\necho end`,
  parse: fromLines(parseLogin),
};

import type { App } from '../../inventory/types.js';
import type { Answer } from './visited.js';

/** A status that the proxy must answer by itself, whatever the app does. */
interface OwnAnswer {
  readonly status: number;
  /** `the edge asks for a password` */
  readonly note: string;
  /** What is wrong with any other, after the status. */
  readonly lack: string;
}

export function ownAnswer({ name, options }: App): OwnAnswer | undefined {
  if (options.auth !== undefined) {
    return {
      status: 401,
      note: 'the edge asks for a password',
      lack: `does not ask for the password of ${name}`,
    };
  }
  if (!options.maintenance) return undefined;
  return {
    status: 503,
    note: `${name} is under maintenance: the edge answers 503`,
    lack: `does not show that ${name} is under maintenance`,
  };
}

/** Whether the app's allow and deny lists explain an answer: who is kept out gets nothing else. */
export const isKeptOut = ({ options }: App, answer: Answer | undefined): boolean =>
  (options.allow ?? options.deny) !== undefined && answer?.kind === 'http' && answer.status === 403;

/** Whether an answer is what a visitor is to get: of the app itself, or of the proxy in its place. */
export function isWanted(app: App, answer: Answer | undefined): boolean {
  if (answer === undefined || answer.kind === 'failure') return false;
  if (answer.kind === 'bytes') return app.kind !== 'http' && answer.contains;
  const own = ownAnswer(app);
  return own === undefined
    ? answer.status === app.expect.status && answer.contains
    : answer.status === own.status;
}

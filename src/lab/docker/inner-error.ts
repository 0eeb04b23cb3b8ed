import { BridgeheadError, type ErrorCode, EXIT } from '../../core/errors.js';
import { tail } from '../host/command.js';
import type { CommandResult } from '../types.js';

const CODES: Readonly<Record<number, ErrorCode>> = {
  [EXIT.badInput]: 'E_LAB',
  [EXIT.stepFailed]: 'E_LAB_MACHINE',
  [EXIT.interrupted]: 'E_INTERRUPTED',
};

/** Begins the error in what this program writes. */
export const ERROR = 'error: ';

/** The error that this program reported in the container, as one of this process. */
export function innerError({ code, stderr }: Pick<CommandResult, 'code' | 'stderr'>): BridgeheadError {
  const lines = stderr.trimEnd().split('\n');
  const start = lines.findIndex((line) => line.startsWith(ERROR));
  if (start < 0) {
    return new BridgeheadError('E_LAB', `the lab's container ended with status ${code}`, {
      evidence: tail(stderr),
    });
  }
  const [head = '', ...rest] = lines.slice(start);
  const fix = rest.find((line) => line.startsWith('fix: '))?.slice('fix: '.length);
  const evidence = rest.filter((line) => line.startsWith('  ')).map((line) => line.slice(2));
  return new BridgeheadError(CODES[code] ?? 'E_LAB', head.slice(ERROR.length), {
    ...(evidence.length === 0 ? {} : { evidence: evidence.join('\n') }),
    ...(fix === undefined ? {} : { fix }),
  });
}

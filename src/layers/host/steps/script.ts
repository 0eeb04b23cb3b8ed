import type { FragmentReply } from '../../../remote/program.js';
import { quote } from '../../../remote/quote.js';
import { explainUnwritable, firstLine } from '../../shared/failures.js';
import type { StepContext, StepKind } from '../../step.js';

export interface ScriptParams {
  /** POSIX sh that only reads; exit status 0 means that there is nothing to do. */
  readonly check: string;
  /** POSIX sh run as root under `set -eu`. */
  readonly run: string;
  readonly name?: string;
  /** Seconds that `run` may take; `check` may take 30 at most. */
  readonly timeout?: number;
}

/** How the check ended. */
export type ScriptSeen = Pick<FragmentReply, 'code' | 'stderr'>;

/** Exit status of a run after which the check still isn't satisfied. */
export const UNSATISFIED = 70;

const DEFAULT_TIMEOUT = 300;
const CHECK_TIMEOUT = 30;
/** Seconds that a shell is given to end when its time is up. */
const KILL_SECONDS = 5;
const SHOWN_LINES = 20;

function exportsFor(context: StepContext<unknown>): string {
  const { values } = context;
  const variables = {
    BRIDGEHEAD_NODE: 'node.name',
    BRIDGEHEAD_ROLE: 'node.role',
    BRIDGEHEAD_SITE: 'node.site',
    BRIDGEHEAD_INTERFACE: 'network.interface',
    BRIDGEHEAD_ADDRESS: 'network.address',
  };
  const words = Object.entries(variables).map(([name, key]) => `${name}=${quote(values.get(key) ?? '')}`);
  return `export ${words.join(' ')}`;
}

/**
 * Runs a text in a shell of its own: bounded in time, with no standard input, and unable to reach the lines around it.
 * The text goes in on standard input, so that it is in no process's arguments.
 */
function inShell(text: string, seconds: number): string {
  const program = `umask 022\n( eval ${quote(text)} ) </dev/null\n`;
  return `printf '%s' ${quote(program)} | timeout -k ${KILL_SECONDS} ${seconds} sh -s`;
}

const timeoutOf = ({ timeout = DEFAULT_TIMEOUT }: ScriptParams): number => timeout;
const checkTimeout = (params: ScriptParams): number => Math.min(timeoutOf(params), CHECK_TIMEOUT);

/** 124 is timeout's own status; a signal that it sent shows as 143 or 137. */
const ranOut = (code: number): boolean => code === 124 || code === 137 || code === 143;

function checkNote(seen: ScriptSeen, params: ScriptParams): string {
  if (ranOut(seen.code)) return ` (its check did not end within ${checkTimeout(params)} s)`;
  if (seen.code !== 126 && seen.code !== 127 && seen.code !== 2) return '';
  const said = firstLine(seen.stderr);
  return ` (its check exited with status ${seen.code}${said ? `: ${said}` : ''})`;
}

function shownText(text: string): string {
  const lines = text.trimEnd().split('\n');
  const rest = lines.length - SHOWN_LINES;
  const more = rest > 0 ? [` (${rest} more lines)`] : [];
  return [...lines.slice(0, SHOWN_LINES).map((line) => `+${line}`), ...more].join('\n');
}

const titleOf = ({ name, run }: ScriptParams): string => name ?? firstLine(run).slice(0, 60);

/** A shell script with a check of its own, which says whether it has to run and proves that it did its work. */
export const scriptStep: StepKind<ScriptParams, ScriptSeen> = {
  kind: 'script',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['check', 'run'],
    properties: {
      check: {
        type: 'string',
        minLength: 1,
        description: 'POSIX sh that only reads; exit status 0 means that there is nothing to do.',
      },
      run: { type: 'string', minLength: 1, description: 'POSIX sh run as root, under set -eu.' },
      name: { type: 'string', minLength: 1, maxLength: 100, description: 'Its name in plans.' },
      timeout: {
        type: 'integer',
        minimum: 1,
        maximum: 3600,
        description: 'Time limit for run in seconds; default 300.',
      },
    },
  },
  check: ({ params }) =>
    (['check', 'run'] as const).flatMap((key) => [
      ...(params[key].includes('\0') ? [`${key} contains a NUL byte; write plain text`] : []),
      ...(params[key].trim() === '' ? [`${key} is empty; write the commands`] : []),
    ]),
  timeoutSeconds: ({ params }) => timeoutOf(params) + checkTimeout(params) + 2 * KILL_SECONDS,
  probe: (context) => ({
    script: `${exportsFor(context)}\n${inShell(context.params.check, checkTimeout(context.params))}`,
    parse: ({ code, stderr }) => ({ code, stderr }),
  }),
  plan: (context, seen) => {
    const { params } = context;
    if (seen.code === 0) return [];
    return [
      {
        summary: `run ${titleOf(params)}${checkNote(seen, params)}`,
        disruption: { level: 'none' },
        diff: shownText(params.run),
        // Nobody knows what a script does, so everything that could cut SSH is kept.
        touches: { network: true },
        guarded: true,
        script: `${exportsFor(context)}
${inShell(`set -eu\n${params.run}`, timeoutOf(params))} || exit
${inShell(params.check, checkTimeout(params))} || { status=$?; echo "its check still exits with status $status" >&2; exit ${UNSATISFIED}; }`,
      },
    ];
  },
  explain: ({ params }, reply) => {
    if (reply.code === UNSATISFIED && /^its check still exits/m.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: `${titleOf(params)} ran, but ${reply.stderr.trim().split('\n').at(-1)}`,
        fix: 'make `check` test for what `run` does; otherwise it would run each time',
      };
    }
    if (reply.code === 124) {
      return {
        code: 'E_REMOTE_TIMEOUT',
        message: `${titleOf(params)} did not finish within ${timeoutOf(params)} s`,
        fix: 'raise `timeout` in the step, or find out what it waits for: it has no standard input',
      };
    }
    return explainUnwritable(reply);
  },
};

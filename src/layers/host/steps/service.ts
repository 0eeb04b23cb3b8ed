import {
  foreignRoutingDetail,
  foreignRoutingProbe,
  parseForeignRouting,
} from '../../../facts/foreign-routing.js';
import { type SeenUnit, unitFact } from '../../../facts/unit.js';
import { isReachUnit } from '../../../guard/index.js';
import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { sh } from '../../../remote/script.js';
import { mustSucceed } from '../../shared/failures.js';
import type { Change, StepContext, StepKind } from '../../step.js';
import { renderTemplate } from '../../template.js';
import { remotePathProblem } from './remote-path.js';
import { disableScript, enableScript, startScript, stopScript } from './service-script.js';

export interface ServiceParams {
  /** Name of a systemd unit; `{{ network.interface }}` and the like are filled in. */
  readonly unit: string;
  /** Whether it is started at boot; default: unchanged. */
  readonly enabled?: boolean;
  /** Whether it runs now; default: unchanged. */
  readonly running?: boolean;
  /** Files that the unit reads when it starts. */
  readonly restartAfter?: readonly string[];
}

const UNIT = /^[A-Za-z0-9@:_.\\][A-Za-z0-9@:_.\\-]{0,250}$/;

const fill = (context: StepContext<ServiceParams>, text: string): string =>
  renderTemplate(text, context).text;
const unitOf = (context: StepContext<ServiceParams>): string => fill(context, context.params.unit);
const filesOf = (context: StepContext<ServiceParams>): readonly string[] =>
  (context.params.restartAfter ?? []).map((file) => fill(context, file));

function check(context: StepContext<ServiceParams>): readonly string[] {
  const { params } = context;
  const unit = renderTemplate(params.unit, context);
  const files = (params.restartAfter ?? []).map((file) => renderTemplate(file, context));
  const templates = [unit, ...files].flatMap(({ problems }) => problems);
  const paths = files.flatMap(({ text, problems }) =>
    problems.length > 0 ? [] : (remotePathProblem(text) ?? []),
  );
  const nameless = unit.problems.length === 0 && !UNIT.test(unit.text);
  const idle = params.enabled === undefined && params.running === undefined && files.length === 0;
  return [
    ...new Set(templates),
    ...paths,
    ...(nameless
      ? [`unit ${JSON.stringify(unit.text)} is not a systemd unit name; write it as systemctl shows it`]
      : []),
    ...(idle ? ['does nothing; add `enabled`, `running` or `restartAfter`'] : []),
    ...(params.running === false && files.length > 0
      ? ['`restartAfter` needs a running unit; remove it, or `running: false`']
      : []),
  ];
}

function planBoot(unit: string, enabled: boolean | undefined, seen: SeenUnit): Change[] {
  const is = seen.fileState === 'enabled' || seen.fileState === 'alias';
  if (enabled === true && !is) {
    return [{ summary: `enable ${unit}`, disruption: { level: 'none' }, script: enableScript(unit) }];
  }
  if (enabled === false && (is || seen.fileState === 'enabled-runtime')) {
    return [{ summary: `disable ${unit}`, disruption: { level: 'none' }, script: disableScript(unit) }];
  }
  return [];
}

/** Files that were written after the unit began to start, by the clock of the node. */
function newerFiles(files: readonly string[], seen: SeenUnit): string[] {
  const { startedAt } = seen;
  return startedAt === undefined ? [] : files.filter((file) => (seen.modified.get(file) ?? 0) > startedAt);
}

interface Seen extends SeenUnit {
  /** Rules and routes of others that a start of the unit may remove. */
  readonly foreign?: readonly string[];
}

function planRunning(unit: string, context: StepContext<ServiceParams>, seen: Seen): Change[] {
  const { running } = context.params;
  const foreign = foreignRoutingDetail(seen.foreign ?? []);
  // A unit on its way up is neither: stopping it is still to be done, and starting it waits for the outcome.
  if (running === false) {
    if (!seen.active && seen.activeState !== 'activating') return [];
    const disruption = { level: 'outage', detail: `${unit} stops` } as const;
    return [{ summary: `stop ${unit}`, disruption, script: stopScript(unit) }];
  }
  if (!seen.active) {
    if (running === undefined) return [];
    const failed = seen.activeState === 'failed';
    return [
      {
        summary: `start ${unit}${failed ? ' (it had failed)' : ''}`,
        disruption:
          foreign === undefined
            ? { level: 'none' }
            : { level: 'outage', detail: `starts ${unit}: ${foreign}` },
        script: startScript('start', unit, { failed }),
      },
    ];
  }
  const newer = newerFiles(filesOf(context), seen);
  if (newer.length === 0) return [];
  return [
    {
      summary: `restart ${unit}: ${newer.join(', ')} ${newer.length > 1 ? 'are' : 'is'} newer`,
      disruption:
        foreign === undefined
          ? { level: 'brief', detail: `restarts ${unit}` }
          : { level: 'outage', detail: `restarts ${unit}: ${foreign}` },
      script: startScript('restart', unit, { failed: false }),
    },
  ];
}

function question(context: StepContext<ServiceParams>): Question<Seen> {
  const unit = unitFact(unitOf(context), filesOf(context));
  return {
    script: sh`${unit.script}${foreignRoutingProbe(unitOf(context))}`,
    parse: (reply) => ({ ...unit.parse(reply), foreign: parseForeignRouting(reply.stdout) }),
  };
}

/** A systemd unit: whether it starts at boot, whether it runs, and whether it runs with the files that are there. */
export const serviceStep: StepKind<ServiceParams, Seen> = {
  kind: 'service',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['unit'],
    properties: {
      unit: { type: 'string', minLength: 1, description: 'A systemd unit, such as ssh.service.' },
      enabled: { type: 'boolean', description: 'Whether it is started at boot; default: unchanged.' },
      running: { type: 'boolean', description: 'Whether it runs now; default: unchanged.' },
      restartAfter: {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', minLength: 2 },
        description: 'Files on the node; if one is newer than the unit’s start, the unit is restarted.',
      },
    },
  },
  check,
  // systemd gives a unit 90 s to stop and 90 s to start.
  timeoutSeconds: () => 240,
  probe: (context) => mustSucceed(question(context), `the state of ${unitOf(context)}`),
  plan: (context, seen) => {
    const unit = unitOf(context);
    // Any unit may be one that rules over packets; being started at boot is felt at the next boot alone, which
    // matters if the unit lets people in.
    return [
      ...planBoot(unit, context.params.enabled, seen).map((change) => ({
        ...change,
        ...(isReachUnit(unit)
          ? { touches: { units: [unit], network: true }, guarded: true }
          : { touches: { units: [unit] } }),
      })),
      ...planRunning(unit, context, seen).map((change) => ({
        ...change,
        touches: { units: [unit], network: true },
        guarded: true,
      })),
    ];
  },
  explain: (context, reply) => {
    const unit = unitOf(context);
    if (/has no unit|no systemd here/.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: reply.stderr.split('\n')[0] ?? '',
        fix: `install the package that contains ${unit}, or put its unit file in place in an earlier step`,
      };
    }
    if (/ is masked/.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: `${unit} is masked`,
        fix: `run systemctl unmask ${quote(unit)} on the node if it should run`,
      };
    }
    if (/\[Install\]/.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: `${unit} can't be enabled: it has no [Install] section`,
        fix: 'remove `enabled`; something else starts this unit',
      };
    }
    return undefined;
  },
};

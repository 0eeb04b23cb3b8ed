import { messageOf } from '../../../../../core/errors.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { GateContext, GateProgress } from '../../../../gate.js';
import type { App } from '../../../inventory/types.js';
import type { AppParams } from '../chains.js';
import type { VisitRequest } from '../visit/front.js';
import type { Trial } from '../visited.js';
import { isSeen } from './caller.js';
import type { Tried } from './enter.js';
import { UPLOAD_SECONDS, uploads } from './upload.js';
import { IDLE_SECONDS, idles } from './websocket.js';

/** For the connections and answers before and after. */
const SPARE_SECONDS = 30;
/** Of patience, for trials to be made. */
const LEAST_SECONDS = 3;
const PROGRESS_MS = 10_000;

type Attempt = (visitor: Visitor, request: VisitRequest) => Promise<Tried>;

interface Trying {
  readonly what: Trial['what'];
  readonly attempt: Attempt;
}

const trying = (what: Trying['what'], attempt: Attempt): Trying => ({ what, attempt });

/** What is tried with an app besides its page. */
export function triesOf({ upload, websocket, caller }: AppParams, { kind }: App): readonly Trial['what'][] {
  if (kind !== 'http') return [];
  return [
    ...(upload ? ['upload' as const] : []),
    ...(websocket ? ['websocket' as const] : []),
    ...(caller ? ['caller' as const] : []),
  ];
}

/** Seconds that the longest of the trials takes by itself. */
const longestTrial = ({ upload, websocket }: AppParams): number =>
  Math.max(
    upload === undefined ? 0 : (upload.seconds ?? UPLOAD_SECONDS),
    websocket === undefined ? 0 : (websocket.seconds ?? IDLE_SECONDS),
  );

/** Seconds that trials take beyond a gate's patience. */
export function trialSeconds(params: AppParams): number {
  const longest = longestTrial(params);
  return longest === 0 ? 0 : longest + SPARE_SECONDS;
}

/** A first look leaves no time for trials. */
export const isTrying = ({ patience, params }: GateContext<AppParams>): boolean =>
  patience >= Math.min(params.within ?? LEAST_SECONDS, LEAST_SECONDS);

/** Reports each few seconds how far the longest trial is. */
async function whileReporting<T>(
  params: AppParams,
  progress: GateProgress,
  work: () => Promise<T>,
): Promise<T> {
  const total = longestTrial(params);
  if (total === 0) return work();
  const began = performance.now();
  const report = (): void => progress(Math.min(total, Math.round((performance.now() - began) / 1000)), total);
  report();
  const timer = setInterval(report, PROGRESS_MS);
  return work().finally(() => clearInterval(timer));
}

/** What visitors need besides a page, with each app that has one: long uploads, idle connections, their own address. */
export async function tryOut(
  visitor: Visitor,
  params: AppParams,
  requests: readonly VisitRequest[],
  progress: GateProgress,
): Promise<readonly Trial[]> {
  const { upload, websocket, caller } = params;
  const wanted: readonly Trying[] = [
    ...(upload ? [trying('upload', (one, request) => uploads(one, request, upload))] : []),
    ...(websocket ? [trying('websocket', (one, request) => idles(one, request, websocket))] : []),
    ...(caller ? [trying('caller', (one, request) => isSeen(one, request, caller))] : []),
  ];
  const asked = requests.filter(({ app }) => app.kind === 'http');
  if (asked.length === 0) return [];
  return whileReporting(params, progress, () =>
    Promise.all(
      asked.flatMap((request) =>
        wanted.map(async ({ what, attempt }) => {
          const base = { app: request.app.name, edge: request.edge, what };
          try {
            return { ...base, ...(await attempt(visitor, request)) };
          } catch (error) {
            return { ...base, go: false, seen: `${what} over IPv${request.family}: ${messageOf(error)}` };
          }
        }),
      ),
    ),
  );
}

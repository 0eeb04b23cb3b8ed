import { BridgeheadError } from '../../core/errors.js';
import { keyOf, type Packed, type Parcel, type Program, titleOf } from '../../layers/parcel.js';
import { sendFile } from '../../remote/send-file.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import type { PlannedStep } from '../plan/planned.js';
import { mapSettled } from '../pool.js';
import { type Progress, paced } from './paced.js';

/** Programs fetched at once. */
const FETCHES_AT_ONCE = 2;

/** Where the controller has its programs from. */
export interface Programs {
  /** Rejects with E_PROGRAM. */
  get(program: Program, signal: AbortSignal, onProgress?: Progress): Promise<Packed>;
}

export const NO_PROGRAMS: Programs = {
  get: async (program) => {
    throw new BridgeheadError('E_PROGRAM', `no folder to get ${titleOf(program)} from`);
  },
};

interface Due {
  readonly parcel: Parcel;
  readonly work: PlannedStep['work'];
}

const parcelsIn = (planned: readonly PlannedStep[]): Due[] =>
  planned.flatMap(({ work, changes }) =>
    changes.flatMap(({ parcel }) => (parcel === undefined ? [] : [{ parcel, work }])),
  );

function progressOf(context: RunContext, { parcel, work }: Due, doing: 'fetch' | 'send'): Progress {
  const where = { phase: work.phase, node: work.node.name, program: titleOf(parcel.program) };
  return paced((done, total) =>
    context.emit({ type: 'program-moving', ...where, doing, done, ...(total !== undefined && { total }) }),
  );
}

/** Gets all programs that nodes have to be sent, before the first of them is changed. Rejects with NodeErrors. */
export async function fetchParcels(context: RunContext, planned: readonly PlannedStep[]): Promise<void> {
  const due = new Map(parcelsIn(planned).map((one) => [keyOf(one.parcel.program), one]));
  const fetched = await mapSettled([...due.values()], FETCHES_AT_ONCE, (one) =>
    context.programs.get(one.parcel.program, context.signal, progressOf(context, one, 'fetch')),
  );
  const errors = fetched.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
}

/** Sends a node what its changes need, one after the other. Rejects with what went wrong, and where. */
export async function sendParcels(
  context: RunContext,
  node: string,
  planned: readonly PlannedStep[],
): Promise<void> {
  for (const one of parcelsIn(planned)) {
    const { parcel, work } = one;
    try {
      const { file, bytes, sha256 } = await context.programs.get(parcel.program, context.signal);
      const progress = progressOf(context, one, 'send');
      await sendFile(connectionOf(context, node), {
        ...{ node, file, bytes, sha256, to: parcel.to },
        signal: context.signal,
        onProgress: (sent) => progress(sent, bytes),
      });
    } catch (error) {
      if (!(error instanceof BridgeheadError)) throw error;
      throw error.at({ node, phase: work.phase, step: work.step.name });
    }
  }
}

import { BridgeheadError } from '../../core/errors.js';
import { repeated } from '../host/until-answered.js';
import type { LabPaths } from '../names.js';
import type { Dial, LabPlan } from '../types.js';
import { inside } from './namespaces.js';

const DEADLINE_MS = 20_000;

/** Waits until sshd's banner arrives over every direct connection from the laptop to a machine. */
export async function answersDials(plan: LabPlan, paths: LabPaths, signal?: AbortSignal): Promise<void> {
  const straight = plan.dials.filter((dial) => dial.through === undefined);
  await Promise.all(straight.map((dial) => answers(dial, plan, paths, signal)));
}

async function answers(dial: Dial, plan: LabPlan, paths: LabPaths, signal?: AbortSignal): Promise<void> {
  const ask = 'exec 3<>"/dev/tcp/$1/$2"; read -t 3 -r line <&3; echo "$line"; [[ $line = SSH-2.0-* ]]';
  const argv = inside(
    paths.namespace(plan.laptop.namespace),
    'bash',
    '-c',
    ask,
    'dial',
    dial.address,
    String(dial.port),
  );
  const { answer, seen } = await repeated(argv, {
    deadlineMs: DEADLINE_MS,
    pause: 100,
    attemptMs: 5_000,
    signal,
  });
  if (answer !== undefined) return;
  throw new BridgeheadError('E_LAB_MACHINE', `${dial.host} port ${dial.port} does not answer the laptop`, {
    node: dial.node,
    evidence: seen,
  });
}

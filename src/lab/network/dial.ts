import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { runCommand } from '../host/command.js';
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
  const ask = 'exec 3<>"/dev/tcp/$1/$2"; read -t 3 -r line <&3; echo "$line"';
  const argv = inside(
    paths.namespace(plan.laptop.namespace),
    'timeout',
    '5',
    'bash',
    '-c',
    ask,
    'dial',
    dial.address,
    String(dial.port),
  );
  const deadline = Date.now() + DEADLINE_MS;
  let seen = '';
  for (let pause = 100; Date.now() < deadline; pause = Math.min(pause * 2, 2_000)) {
    const { stdout, stderr } = await runCommand(argv, { signal, timeoutMs: 10_000 });
    if (stdout.startsWith('SSH-2.0-')) return;
    seen = (stdout.trim() === '' ? stderr : stdout).trim();
    await sleep(pause);
  }
  throw new BridgeheadError('E_LAB_MACHINE', `${dial.host} port ${dial.port} does not answer the laptop`, {
    node: dial.node,
    evidence: seen,
  });
}

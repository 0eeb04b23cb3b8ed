import { fileStep } from './file.js';
import { forwardingStep } from './forwarding.js';
import { packageStep } from './package.js';
import { presharedKeysStep } from './preshared-keys.js';
import { scriptStep } from './script.js';
import { serviceStep } from './service.js';
import { sysctlStep } from './sysctl.js';
import type { StepKind } from './types.js';
import { wireguardStep } from './wireguard.js';
import { wireguardKeysStep } from './wireguard-keys.js';

const kinds = [
  fileStep,
  forwardingStep,
  packageStep,
  presharedKeysStep,
  scriptStep,
  serviceStep,
  sysctlStep,
  wireguardKeysStep,
  wireguardStep,
];

/** Every kind of step by its name in a playbook. The schema has judged the parameters before a kind sees them. */
export const STEP_KINDS: ReadonlyMap<string, StepKind> = new Map(
  (kinds as unknown as readonly StepKind[]).map((kind) => [kind.kind, kind]),
);

import { type SysctlParams, sysctlFile } from '../../host/steps/sysctl.js';
import type { Retirement } from '../../layer.js';
import type { StepKind } from '../../step.js';
import { type RetireParams, retireStep } from './step.js';

/** Tunnels that are no longer in the inventory, and kernel settings that no step wants any more. */
export const retirement: Retirement = {
  kind: retireStep as unknown as StepKind,
  before: 'wireguard',
  params: (wanted): RetireParams => ({
    wantedSysctls: wanted
      .filter(({ kind }) => kind === 'sysctl')
      .map(({ params }) => sysctlFile(params as SysctlParams)),
  }),
};

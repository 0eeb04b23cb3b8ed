export { labDown } from './down.js';
export { labStatus, openLab } from './status.js';
export type {
  CommandResult,
  Dial,
  ExecOptions,
  Fetched,
  Lab,
  LabClient,
  LabOptions,
  LabPlan,
  LabStatus,
  LaptopRunOptions,
  MachineStatus,
  Router,
} from './types.js';
export { labUp } from './up.js';

export { type ClientKey, makeClientKeys } from './client-keys.js';
export { labDown } from './down.js';
export type { Visit } from './plan-visits.js';
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
export { connectClients, type Visited, visitAll } from './visits.js';

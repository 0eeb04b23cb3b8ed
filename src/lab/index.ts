export { type ClientKey, makeClientKeys } from './client/keys.js';
export { connectClients, type Visited, visitAll } from './client/visits.js';
export { labDown } from './down.js';
export { labObstacles } from './host/obstacles.js';
export { labStatus, openLab } from './status.js';
export type { Visit } from './topology/visits.js';
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

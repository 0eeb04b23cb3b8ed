export { type ClientKey, makeClientKeys } from './client/keys.js';
export { connectClients, disconnectClients, type Visited, visitAll } from './client/visits.js';
export { labDown } from './down.js';
export { DRIVERS, type DriverName, defaultDriver, type LabDriver, labDriver } from './driver.js';
export { labObstacles } from './host/obstacles.js';
export { type JoinKey, joinKeys } from './internet/login.js';
export { rewire } from './rewire.js';
export { labStatus, openLab } from './status.js';
export { type OpenStreams, openStreams, type Stream } from './streams/streams.js';
export { bothStates } from './topology/both.js';
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

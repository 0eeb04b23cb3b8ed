export { withoutDeep } from './deep.js';
export { loadPlaybook, type ReadPlaybook, readPlaybook, unknownName } from './load.js';
export { playbookSchema } from './schema.js';
export type { Gate, Phase, Playbook, Step } from './types.js';

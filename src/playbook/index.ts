export { withoutDeep } from './deep.js';
export { loadPlaybook, unknownName } from './load.js';
export { playbookSchema } from './schema.js';
export type { Gate, Phase, Playbook, Step } from './types.js';

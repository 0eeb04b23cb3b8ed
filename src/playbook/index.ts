export { loadPlaybook, unknownName } from './load.js';
export { playbookSchema } from './schema.js';
export { selectorProblem, selects } from './selectors.js';
export type { Gate, Phase, Playbook, Selector, Step } from './types.js';

/** Files of test/lab that measure how long something takes, or is cut: nothing else may run beside them. */
export const ALONE = ['gates/', 'networks/endpoints-change.test.ts', 'rehearse/'];

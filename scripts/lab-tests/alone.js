/** Files of test/lab that measure how long something takes, or is cut: nothing else may run beside them. */
export const ALONE = [
  'endpoints-change.test.ts',
  'gates-hub.test.ts',
  'gates-path-mtu.test.ts',
  'gates.test.ts',
  'rehearse/',
];

/**
 * What not all is well about. `drift`: a plan has something to change. `stop`: a gate answered STOP. `failure`: any other exit
 * code but 0.
 */
export const TROUBLES = ['drift', 'stop', 'failure'] as const;

/** What a notification is of. */
export const NOTIFICATION_EVENTS = [...TROUBLES, 'go'] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

/** What a run of a playbook does. */
export type Mode = 'plan' | 'apply' | 'check';

/** Commands that leave a journal, as they are typed, without their arguments. */
export const COMMANDS = [
  'plan',
  'apply',
  'check',
  'adopt',
  'client add',
  'client rekey',
  'client revoke',
  'remove',
  'renumber',
  'rotate psk',
  'undo',
  'unlock',
] as const;

export type Command = (typeof COMMANDS)[number];

/** Commands that run a playbook. */
export type PlaybookCommand = Exclude<Command, 'undo' | 'unlock'>;

/** Whether a command changes nodes, once that is confirmed. */
export const isChanging = (command: Command): boolean => command !== 'plan' && command !== 'check';

/** Whether a command measures gates, and so ends in GO or STOP. */
export const isMeasuring = (command: Command): command is PlaybookCommand =>
  command !== 'undo' && command !== 'unlock';

/** What the engine does for a command: those that change nodes apply a playbook. */
export const modeOf = (command: PlaybookCommand): Mode =>
  command === 'plan' || command === 'check' ? command : 'apply';

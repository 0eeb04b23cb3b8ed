import type { Options } from '../options.js';

export type RemoveOptions = Omit<Options, 'phase' | 'only' | 'from' | 'resume' | 'shard'> & {
  readonly offline?: boolean;
};

import type { Options } from '../options.js';

export type RenumberOptions = Omit<Options, 'phase' | 'only' | 'from' | 'resume' | 'shard'>;

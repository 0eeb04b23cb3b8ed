import { OFFLINE } from './offline.js';
import type { Scene } from './scene.js';

export const ALL: readonly Scene[] = OFFLINE;

import { HUB } from './hub.js';
import { MESH } from './mesh.js';
import { OFFLINE } from './offline.js';
import type { Scene } from './scene.js';

export const ALL: readonly Scene[] = [...OFFLINE, ...MESH, ...HUB];

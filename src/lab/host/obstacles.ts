import { mirrorObstacle } from './mirror.js';
import { obstacles } from './preconditions.js';

/** Everything that keeps machines from being built here, or from installing packages; the mirror is only tried if nothing else does. */
export async function labObstacles(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const found = await obstacles();
  if (found.length > 0) return found;
  const mirror = await mirrorObstacle(env);
  return mirror === undefined ? [] : [mirror];
}

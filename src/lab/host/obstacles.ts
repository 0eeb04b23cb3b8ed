import { dockerObstacle } from '../docker/engine.js';
import { defaultDriver } from '../driver.js';
import { mirrorObstacle } from './mirror.js';
import { obstacles } from './preconditions.js';

/**
 * Everything that keeps the default driver from building machines here, a line each: with Docker, that it can't be used; as root on
 * Linux, what is missing, or else that the mirror doesn't answer.
 */
export async function labObstacles(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  if (defaultDriver() === 'docker') {
    const obstacle = await dockerObstacle();
    return obstacle === undefined ? [] : [obstacle];
  }
  const found = await obstacles();
  if (found.length > 0) return found;
  const mirror = await mirrorObstacle(env);
  return mirror === undefined ? [] : [mirror];
}

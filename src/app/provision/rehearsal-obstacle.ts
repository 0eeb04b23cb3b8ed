/** What keeps disposable machines from being built, or from installing packages, here; undefined if nothing does. */
export async function rehearsalObstacle(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { labObstacles } = await import('../../lab/index.js');
  const [first] = await labObstacles(env);
  return first;
}

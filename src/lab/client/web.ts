import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { familyOf } from '../../model/address.js';
import { launch } from '../machine/launch.js';
import type { LabPaths } from '../names.js';
import { inside } from '../network/namespaces.js';
import { INTERNET } from '../topology/network.js';
import { pageScript } from '../topology/page.js';
import type { LabPlan } from '../types.js';

/** Starts the web server of the lab's internet, which shows each visitor the address that it came from. */
export async function startWeb(plan: LabPlan, paths: LabPaths): Promise<void> {
  if (plan.web.length === 0) return;
  const folder = join(paths.run, 'web');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const script = join(folder, 'page');
  await writeFile(script, pageScript('this is the internet'), { mode: 0o700 });
  for (const address of plan.web) {
    const family = familyOf(address);
    const bind = family === 4 ? address : `[${address}]`;
    const listen = `TCP${family}-LISTEN:80,bind=${bind},fork,reuseaddr`;
    await launch(
      paths,
      `helpers/web-${family}`,
      inside(paths.namespace(INTERNET), 'socat', '-T', '15', listen, `EXEC:${script}`),
    );
  }
}

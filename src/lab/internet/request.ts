import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { launch } from '../machine/launch.js';
import type { LabPaths } from '../names.js';
import { inside } from '../network/namespaces.js';
import { SERVICES } from '../topology/network.js';
import answerRequest from './answer-request.sh';

/** sh that answers one HTTP request on its standard input and output. */
export const requestProgram = (settings: string, program: string): string =>
  `#!/bin/sh\n${settings}${answerRequest}${program}`;

/** Starts a server among the internet's services: socat's address, and a program that answers each request. */
export async function listen(
  name: string,
  address: string,
  answers: { readonly script: string; readonly program: string; readonly paths: LabPaths },
): Promise<void> {
  const { script, program, paths } = answers;
  const file = join(paths.run, 'services', name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, requestProgram(script, program), { mode: 0o700 });
  const argv = ['socat', '-T', '15', `${address},fork,reuseaddr,backlog=64`, `EXEC:${file}`];
  await launch(paths, `helpers/${name}`, inside(paths.namespace(SERVICES), ...argv));
}

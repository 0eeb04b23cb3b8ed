import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { command } from '../../remote/quote.js';
import { tail } from '../host/command.js';
import { launch } from '../machine/launch.js';
import type { LabPaths } from '../names.js';
import { inside } from '../network/namespaces.js';
import { SERVICES } from '../topology/network.js';
import type { CommandResult } from '../types.js';
import server from './dns.pl';
import type { DnsPlan, LabDns, ServicesExec } from './types.js';

/** Folders of record files, the first of which wins. */
const folders = (paths: LabPaths) => ({ set: paths.dns('set'), planned: paths.dns('planned') });

/** Starts the DNS of the lab's internet. */
export async function startDns(plan: DnsPlan, paths: LabPaths): Promise<void> {
  const { set, planned } = folders(paths);
  for (const folder of [set, planned]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeRecords(plan, paths);
  const program = paths.dns('server.pl');
  await writeFile(program, server, { mode: 0o600 });
  const argv = ['perl', program, set, planned, '--', '53', ...plan.addresses];
  await launch(paths, 'helpers/dns', inside(paths.namespace(SERVICES), ...argv));
}

/** Replaces what the inventory says; what was set stays. */
export async function writeRecords({ records }: DnsPlan, paths: LabPaths): Promise<void> {
  const { planned } = folders(paths);
  await rm(planned, { recursive: true, force: true });
  await mkdir(planned, { recursive: true, mode: 0o700 });
  for (const { name, type, answers } of records)
    await writeFile(join(planned, `${name}.${type}`), recordText(answers), { mode: 0o600 });
}

/** Text of a record's file, as the server reads it. */
export function recordText(answers: Parameters<LabDns['set']>[2], delayMs = 0): string {
  const lines = typeof answers === 'string' ? [`fail ${answers}`] : answers;
  return [...(delayMs > 0 ? [`delay ${Math.round(delayMs)}`] : []), ...lines, ''].join('\n');
}

/** The DNS of a lab, whose commands run where its files are. */
export function labDns(paths: LabPaths, exec: ServicesExec): LabDns {
  const { set } = folders(paths);
  return {
    set: async (name, type, answers, { delayMs } = {}) => {
      const file = join(set, `${name.toLowerCase()}.${type}`);
      const script = `umask 077; cat >${command(`${file}.new`)} && mv ${command(`${file}.new`, file)}`;
      accepted(await exec(script, { input: recordText(answers, delayMs) }));
    },
    reset: async () => {
      accepted(await exec(`find ${command(set)} -type f -delete`));
    },
  };
}

function accepted({ code, stderr }: CommandResult): void {
  if (code === 0) return;
  throw new BridgeheadError('E_LAB', "the lab's DNS could not be changed", { evidence: tail(stderr) });
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BridgeheadError, EXIT } from '../../../core/errors.js';
import {
  bothStates,
  type ClientKey,
  connectClients,
  disconnectClients,
  joinKeys,
  makeClientKeys,
  openStreams,
  rewire,
} from '../../../lab/index.js';
import { outagesOf } from '../../../lab/streams/outages.js';
import { pairsOf, streamsOf } from '../../../lab/streams/pairs.js';
import type { LabState } from '../../../lab/topology/both.js';
import type { Inventory } from '../../../model/inventory.js';
import { commandLine } from '../../../render/command-line.js';
import type { ChangeResult } from '../../../render/rehearsal/outages.js';
import { duration } from '../../../render/text.js';
import { sshConfigText } from '../../export/ssh-config.js';
import { THIS_PROGRAM } from '../../this-program.js';
import { type RehearsalOutcome, type RehearsalRequest, rehearseInside } from '../rehearsal.js';
import type { Former } from './former.js';
import { writeFormer } from './former-files.js';

export interface ChangeRequest extends RehearsalRequest {
  readonly former: Former;
}

/**
 * Brings a lab that was built for both states to the former one, and rehearses the new one with a stream open on every pair. Throws
 * E_LAB if the former state can't be brought about or the streams can't be measured.
 */
export async function rehearseChange(request: ChangeRequest): Promise<RehearsalOutcome> {
  const { former, inventory, signal, log } = request;
  const keys = makeClientKeys(inventory);
  await bringToFormer(request, keys);

  const pairs = pairsOf(former.inventory, inventory);
  const config = join(request.lab.home, 'streams.ssh_config');
  await writeFile(config, sshConfigText(inventory), { mode: 0o600 });
  const machines = [...inventory.nodes, ...former.inventory.nodes].map(({ name }) => name);
  const clients = pairs.flatMap(({ way, from }) => (way === 'client' ? [from] : []));
  const nodes = [...new Set([...machines, ...clients])];
  const streams = await openStreams(request.lab, streamsOf(pairs), { nodes, config, signal });
  try {
    const lab = await rewire(request.lab, bothStates(former.inventory, inventory).after, inventory);
    log(`the change begins, with ${pairs.length} streams open`);
    await streams.change();
    let change: ChangeResult = { former: former.name, outages: [] };
    const outcome = await rehearseInside({
      ...request,
      lab,
      keys,
      applied: async ({ events }) => {
        change = { ...change, outages: outagesOf(pairs, await streams.end(), events) };
        await disconnectClients(lab, former.inventory);
      },
    });
    return { ...outcome, change };
  } finally {
    await streams.abandon();
  }
}

/** Clients keep their `keys`, and have the former configuration. */
async function bringToFormer(request: ChangeRequest, keys: readonly ClientKey[]): Promise<void> {
  const { lab, former, inventory, state, signal, log } = request;
  const folder = join(lab.home, 'former');
  const formerKeys = makeClientKeys(former.inventory).map(
    (key) => keys.find(({ network, client }) => network === key.network && client === key.client) ?? key,
  );
  const files = await writeFormer(former, inventory, { clients: formerKeys, joins: joinKeys(lab) }, folder);
  log(`applying ${former.name}, from which the change begins`);
  const began = Date.now();
  const target = ['-i', files.inventory, '-p', files.playbook, '--state-dir', join(state, 'former')];
  const programs = request.programs === undefined ? [] : ['--programs', request.programs];
  const { code, stdout, stderr } = await lab.run(
    [...THIS_PROGRAM, 'apply', '--yes', '--no-color', ...target, ...programs],
    { env: { BRIDGEHEAD_REHEARSAL: lab.name }, signal },
  );
  if (code !== EXIT.go) {
    throw new BridgeheadError('E_LAB', `${former.name} did not end in GO in the lab, so no change was made`, {
      evidence: [stdout, stderr].join('\n').trim().split('\n').slice(-40).join('\n'),
      fix: `see why: ${rehearsalOf(former)}`,
    });
  }
  await connectClients(lab, former.inventory, formerKeys);
  log(`${former.name} is in force after ${duration(Date.now() - began)}`);
}

/** The command that rehearses what the change begins from. */
export const rehearsalOf = ({ copy, playbook }: Pick<Former, 'copy' | 'playbook'>): string =>
  commandLine(['bridgehead', 'rehearse', '-i', copy, '-p', playbook.file]);

/** What a lab is built from that is brought from one state to the other. Throws InputError. */
export const labFor = (former: Former, next: Inventory): LabState =>
  bothStates(former.inventory, next).before;

import { dirname, resolve } from 'node:path';
import { BridgeheadError, InputError } from '../../../core/errors.js';
import { type Plain, parseYaml, readText, sourceOf } from '../../../document/index.js';
import { loadInventory, resolveDocument } from '../../../inventory/index.js';
import type { Inventory } from '../../../model/inventory.js';
import { loadPlaybook } from '../../../playbook/index.js';
import { clean } from '../../../render/clean.js';
import type { PlanFile } from '../../../runner/events/events.js';
import { GIVEN_SINCE, givenFiles, redactedIn } from '../../../runner/journal/given.js';
import { playbookDigest } from '../../../runner/plan/digest.js';
import { defaultPlaybook, locatePlaybook } from '../../locate.js';
import { findRun } from '../../runs/find.js';
import { FROM_GIT, SHOW_RUNS } from './advice.js';
import { runInForce } from './in-force.js';
import { journaledRuns, readJournaled } from './journaled.js';
import { unusable } from './usable.js';

const PASS_OLD = `pass the inventory that the machines have now, such as one from git: ${FROM_GIT}, and --against old.yaml`;

/** What a network is brought to before its change is rehearsed. */
export interface Former {
  /** How it is called: `run 20261129-…`, or a file. */
  readonly name: string;
  readonly inventory: Inventory;
  /** The data of the inventory's file. */
  readonly source: Plain;
  /** A file that says what the inventory did. */
  readonly copy: string;
  /** The playbook's file, and the folder that its own paths begin in. */
  readonly playbook: { readonly file: string; readonly folder: string };
}

export interface FormerRequest {
  /** The id of a run, `last`, or an inventory's file. */
  readonly against: string;
  readonly next: Inventory;
  /** As the user gave it. */
  readonly playbook: string | undefined;
  readonly stateDir: string;
}

/** Whether `--against` names an inventory's file, and not a run. */
export const isFile = (against: string): boolean => /\.ya?ml$|\//i.test(against);

/** Finds what a change is rehearsed against. Throws E_USAGE or InputError. */
export async function findFormer(request: FormerRequest): Promise<Former> {
  const { against, next } = request;
  const former = isFile(against)
    ? await fromFile(against, request.playbook)
    : await fromRun(against === 'last' ? lastRun(request) : findRun(request.stateDir, against), request);
  const names = new Set(former.inventory.nodes.map(({ name }) => name));
  if (next.nodes.some(({ name }) => names.has(name))) return former;
  throw new BridgeheadError('E_USAGE', `${clean(former.name)} has none of the machines of ${next.file}`, {
    fix: 'name a run or an earlier inventory of the same network with --against',
  });
}

async function fromFile(file: string, playbook: string | undefined): Promise<Former> {
  const inventory = await loadInventory(file);
  const located = resolve(locatePlaybook(playbook ?? defaultPlaybook(inventory)));
  return formerOf(file, { inventory, copy: file, playbook: { file: located, folder: dirname(located) } });
}

async function fromRun(run: string, { stateDir }: FormerRequest): Promise<Former> {
  const journaled = readJournaled(stateDir, run);
  const { started } = journaled.record;
  const files = givenFiles(stateDir, run);
  const why = unusable(journaled, files);
  if (started === undefined || why !== undefined) {
    throw new BridgeheadError('E_USAGE', `run ${run} ${why}`, {
      fix: `name an apply of all nodes and phases that ended in GO (${SHOW_RUNS}), or ${PASS_OLD}`,
    });
  }
  if (files.inventory === undefined || files.playbook === undefined || started.playbook === undefined) {
    throw new BridgeheadError('E_USAGE', `run ${run} did not keep its inventory`, {
      evidence: `runs do so from version ${GIVEN_SINCE} on; this one ${started.version === undefined ? 'does not say its version' : `had ${started.version}`}`,
      fix: PASS_OLD,
    });
  }
  const left = redactedIn(stateDir, run);
  const unchanged = left.playbook.length === 0 ? undefined : await sameStill(started.playbook);
  const missing = [
    ...left.inventory.map((path) => `of the inventory: ${path}`),
    ...(unchanged === undefined ? left.playbook.map((path) => `of the playbook: ${path}`) : []),
  ];
  if (missing.length > 0) {
    throw new BridgeheadError(
      'E_USAGE',
      `run ${run} kept its inventory and playbook without what looks like a secret`,
      {
        evidence: missing.join('\n'),
        fix: PASS_OLD,
      },
    );
  }
  const folder = dirname(started.playbook.file);
  const inventory = readCopy(files.inventory, started.inventory.file);
  const playbook = { file: unchanged ?? files.playbook, folder };
  return formerOf(`run ${run}`, { inventory, copy: files.inventory, playbook });
}

/** The playbook's file, if it says what the run was given, secrets included. */
async function sameStill({ file, digest }: PlanFile): Promise<string | undefined> {
  try {
    return playbookDigest(await loadPlaybook(file)) === digest ? file : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The inventory in a copy of a file, with paths that begin in the folder of that file. */
function readCopy(copy: string, file: string): Inventory {
  try {
    return resolveDocument(parseYaml(file, readText(copy))).inventory;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, file: copy })));
  }
}

function formerOf(
  name: string,
  { inventory, ...files }: Pick<Former, 'inventory' | 'copy' | 'playbook'>,
): Former {
  const source = sourceOf(inventory);
  if (source === undefined) throw new BridgeheadError('E_BUG', `the data of ${inventory.file} is not known`);
  return { name, inventory, source, ...files };
}

function lastRun({ stateDir, next }: FormerRequest): string {
  const file = resolve(next.file);
  const run = runInForce(journaledRuns(stateDir), file, (one) => givenFiles(stateDir, one));
  if (run !== undefined) return run;
  throw new BridgeheadError(
    'E_USAGE',
    `no run that applied all of ${clean(file)} and ended in GO has a journal`,
    {
      evidence: `in ${stateDir}`,
      fix: PASS_OLD,
    },
  );
}

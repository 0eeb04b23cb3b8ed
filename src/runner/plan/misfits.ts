import type { Problem } from '../../core/errors.js';
import { isAtOrBelow } from '../../document/index.js';
import { COMMAND_STEPS, SELECTORS, STEP_KINDS } from '../../layers/index.js';
import type { PairSecrets } from '../../layers/pair-secrets.js';
import type { Inventory } from '../../model/inventory.js';
import { unknownName } from '../../playbook/index.js';
import { type Gate, type Playbook, type Step, selectorPlace } from '../../playbook/types.js';
import { folderOf, networkName, stepWork } from './step-work.js';

export interface Judging {
  readonly secrets: PairSecrets;
  /** What else is wrong with the inventory. */
  readonly faults?: readonly Problem[];
  /** Ids of the playbook's steps and gates of which only `on` may be judged. */
  readonly doubtful?: ReadonlySet<string>;
}

/** What a playbook and an inventory have wrong only together, as far as that doesn't depend on what else is wrong with them. */
export function misfitsOf(
  inventory: Inventory,
  playbook: Playbook,
  { secrets, faults = [], doubtful = new Set() }: Judging,
): Problem[] {
  const problems: Problem[] = [];
  const { file, places } = playbook;
  const surroundings = { inventory, folder: folderOf(playbook), secrets };
  const isSound = faults.length === 0;
  const areNetworksKnown = isKnown(faults, 'networks');
  const note = (path: string, messages: readonly string[]): void => {
    for (const message of new Set(messages)) problems.push({ file, ...places?.get(path), path, message });
  };
  const noteSelectors = ({ id, on, optional = false }: Step | Gate): void => {
    for (const [index, selector] of on.entries()) {
      if (!isJudgeable(selector, faults)) continue;
      const wrong = SELECTORS.problem(inventory, selector, optional);
      const place = places?.get(selectorPlace(id, index));
      if (wrong) problems.push({ file, ...place, path: `${id}.on`, ...wrong });
    }
  };
  for (const phase of playbook.phases) {
    for (const entry of [...phase.steps, ...phase.gates]) {
      noteSelectors(entry);
      if (areNetworksKnown && !doubtful.has(entry.id))
        note(entry.id, networkProblems(inventory, entry.params));
    }
    for (const step of phase.steps) {
      const kind = STEP_KINDS.get(step.kind) ?? COMMAND_STEPS.get(step.kind);
      if (kind?.check === undefined || !isSound || doubtful.has(step.id)) continue;
      const works = stepWork(surroundings, phase.name, step);
      note(
        step.id,
        works.flatMap(({ context }) => kind.check?.(context) ?? []),
      );
    }
  }
  return problems;
}

function networkProblems(inventory: Inventory, params: unknown): string[] {
  const name = networkName(params);
  const known = inventory.networks.map((network) => network.name);
  return name === undefined || known.includes(name) ? [] : [unknownName('network', name, known)];
}

/** Keys of a node that have no say in what it is called and in where it is. */
const ELSEWHERE = /^nodes\.[^.[]+\.(?:public|lan|ssh|lab)(?![\w-])/;

/** Whether it is known which nodes a selector means. A layer's word may mean others once any mistake is mended. */
function isJudgeable(selector: string, faults: readonly Problem[]): boolean {
  if (SELECTORS.isWord(selector)) return faults.length === 0;
  const bearing = faults.filter(({ path = '' }) => !ELSEWHERE.test(path));
  return isKnown(bearing, 'nodes') && (!selector.startsWith('site:') || isKnown(bearing, 'sites'));
}

/** Whether nothing is wrong at or below a path; what has no path may be wrong anywhere. */
const isKnown = (faults: readonly Problem[], base: string): boolean =>
  !faults.some(({ path }) => path === undefined || isAtOrBelow(path, base));

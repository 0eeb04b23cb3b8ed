import { isIP } from 'node:net';
import { BridgeheadError, formatProblem } from '../../core/errors.js';
import { inOrder, parseYaml, readText, textOf } from '../../document/index.js';
import { inRange } from '../../model/address.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { RawInventory } from '../../model/raw.js';
import { commandLine } from '../../render/command-line.js';
import { unknownWord } from '../locate.js';
import { namingsOf } from './namings.js';

/** Where the inventory's file means a node that the rest depends on, a line each. */
function needs(inventory: Inventory, name: string): string[] {
  const document = parseYaml(inventory.file, textOf(inventory) ?? readText(inventory.file));
  const namings = namingsOf(document.value as RawInventory, inventory, name);
  const problems = namings.map(({ path, at, message, fix }) => document.problem(path, message, fix, at));
  return inOrder(problems).map(formatProblem);
}

/** Networks that a node leaves and that contain its SSH address. */
function dialledOver({ nodes, networks }: Inventory, name: string): string[] {
  const host = nodes.find((node) => node.name === name)?.ssh.host ?? '';
  if (isIP(host) === 0) return [];
  return networksOf({ networks }, name)
    .filter(({ ranges }) => ranges.some((range) => inRange(host, range)))
    .map((network) => network.name);
}

export interface Removal {
  /** Whether the machine itself is left unchanged. */
  readonly offline: boolean;
  /** The playbook that carries out the inventory as it is. */
  readonly playbook: string;
}

/** Throws E_USAGE for an unknown node, for one that others depend on, and, unless it is `offline`, for one that loses its own SSH access. */
export function refuseNeeded(inventory: Inventory, name: string, { offline, playbook }: Removal): void {
  const known = inventory.nodes.map((node) => node.name);
  if (!known.includes(name)) throw unknownWord('node', name, known);
  const why = needs(inventory, name);
  if (why.length > 0) {
    const places = why.length === 1 ? 'one place' : `${why.length} places`;
    const skip = offline ? ['--skip-unreachable'] : [];
    const apply = commandLine(['bridgehead', 'apply', '-i', inventory.file, '-p', playbook, ...skip]);
    throw new BridgeheadError(
      'E_USAGE',
      `${name} can't be removed yet: the inventory names it in ${places}`,
      { evidence: why.join('\n'), fix: `change that first, and run \`${apply}\`; then remove ${name}` },
    );
  }
  const [over] = offline ? [] : dialledOver(inventory, name);
  if (over === undefined) return;
  throw new BridgeheadError(
    'E_USAGE',
    `${name} can't be removed: its SSH address is in network ${over}, which it leaves`,
    {
      fix: `give ${name} an ssh.host outside the network; if there is none, --offline leaves the machine itself unchanged`,
    },
  );
}

import { type PairSecrets, RunSecrets } from '../../layers/pair-secrets.js';
import { LAYERS } from '../../layers/table.js';
import type { Inventory, Node } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import { modeOf, type PlaybookCommand } from '../events/commands.js';
import { nodesOfShard, type Shard } from '../shards/shard.js';
import { layOutPlaybook, type PhaseWork, type StepWork, unaskedReaders } from './work.js';

/** What a run was asked to be about. */
export interface Selected {
  readonly command: PlaybookCommand;
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** Phase names; empty means all. Earlier phases that are not selected are relied on, and measured. */
  readonly phases: readonly string[];
  /** Node names; empty means all. The others are read, never changed. */
  readonly only: readonly string[];
  /** Instead of `only`: the nodes are this shard's, and other runs see to the others at the same time. */
  readonly shard?: Shard | undefined;
  /** Keys that pairs of nodes are to be given. */
  readonly secrets?: PairSecrets;
  /** Facts about nodes that are then left alone, by node name; for those that are worked on it is not read. */
  readonly given?: GivenFacts;
}

/** What is known of nodes that aren't asked: their facts, by node name. */
export type GivenFacts = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The scope of a run: the phases chosen, those that they depend on, and the nodes. */
export interface Scope {
  readonly selected: readonly PhaseWork[];
  readonly relied: readonly PhaseWork[];
  /** Steps whose facts the selected ones need: those of other phases, and what no phase asks. */
  readonly factSteps: readonly StepWork[];
  readonly nodes: readonly Node[];
  readonly chosen: ReadonlySet<string>;
}

/** Whether something measured on a node, or from it to a peer, is a run's to judge. */
export type Counts = (node: string, peer?: string) => boolean;

/**
 * What a finding must be about to count: with `only`, a chosen node at either end. Among shards a pair is judged by one alone,
 * that of the node which it is measured from, so that together they judge each ordered pair once.
 */
export function countsFor(
  chosen: ReadonlySet<string>,
  shard?: Shard,
  absent: ReadonlySet<string> = new Set(),
): Counts {
  if (shard !== undefined) return (node) => chosen.has(node);
  return (node, peer) => {
    if (absent.has(node) || (peer !== undefined && absent.has(peer))) return false;
    return chosen.has(node) || (peer !== undefined && chosen.has(peer));
  };
}

function chosenOf({ inventory, only, shard }: Selected): string[] {
  if (shard !== undefined) return nodesOfShard(inventory, shard);
  return only.length === 0 ? inventory.nodes.map(({ name }) => name) : [...only];
}

/** `absent`: nodes that could not be reached; the scope is then what goes on without them. */
export function scopeOf(request: Selected, absent: ReadonlySet<string> = new Set()): Scope {
  const { inventory, playbook, phases, command, secrets = new RunSecrets(), given, shard } = request;
  const chosen = new Set(chosenOf(request).filter((name) => !absent.has(name)));
  const all = layOutPlaybook(inventory, playbook, secrets);
  const selected = phases.length === 0 ? all : all.filter(({ name }) => phases.includes(name));
  const firstSelected = all.findIndex((phase) => selected.includes(phase));
  const relied =
    modeOf(command) === 'apply'
      ? all.slice(0, firstSelected).filter((phase) => !selected.includes(phase))
      : [];
  const restricted = selected.map((phase) => ({
    ...phase,
    steps: phase.steps.filter(({ node }) => chosen.has(node.name)),
    awaited: shard === undefined ? [] : phase.steps.filter(({ node }) => !chosen.has(node.name)),
  }));
  const changed = new Set(restricted.flatMap(({ steps }) => steps));
  const factSteps = [
    ...all.flatMap(({ steps }) => steps).filter((work) => work.kind.facts && !changed.has(work)),
    ...unaskedReaders(inventory, all, secrets),
  ];
  const peers = new Set(LAYERS.flatMap((layer) => [...(layer.asks?.(inventory, chosen) ?? [])]));
  const isAsked = (name: string) =>
    chosen.has(name) || (peers.has(name) && given?.has(name) !== true && !absent.has(name));
  const nodes = inventory.nodes.filter(({ name }) => isAsked(name));
  const known = new Set(nodes);
  const reachable = (phase: PhaseWork): PhaseWork => ({
    ...phase,
    awaited: phase.awaited.filter(({ node }) => known.has(node)),
    gates: phase.gates.map((work) => ({
      ...work,
      nodes: work.nodes.filter((node) => known.has(node)),
      absent: work.nodes.filter(({ name }) => absent.has(name)).map(({ name }) => name),
    })),
  });
  return {
    selected: restricted.map(reachable),
    relied: relied.map(reachable),
    factSteps: factSteps.filter(({ node }) => known.has(node)),
    nodes,
    chosen,
  };
}

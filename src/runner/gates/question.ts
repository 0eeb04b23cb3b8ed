import type { GateContext, GateKind } from '../../layers/gate.js';
import type { Node } from '../../model/inventory.js';
import { packetReplies, packetScript } from '../../packets/process.js';
import type { PacketProgram } from '../../packets/program.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import type { Sh } from '../../remote/script.js';

/** A gate to be measured on a node. */
export interface AskedGate {
  /** Unique among those asked together. */
  readonly id: string;
  readonly kind: GateKind;
  readonly context: GateContext<unknown>;
}

const PACKETS = 'gate.packets';
const isPackets = (probe: Sh | PacketProgram): probe is PacketProgram =>
  typeof probe === 'object' && 'without' in probe;
const idOf = ({ id }: AskedGate): string => `gate.${id}`;

/**
 * The gates of one node as pieces of one program: the shell's one by one, then all that send packets, in one process.
 *
 * @param haste Once a gate that sends packets has waited in vain, those after it are not asked.
 */
export function gateFragments(asked: readonly AskedGate[], node: Node, haste = false): Fragment[] {
  const probed = asked.map((gate) => ({ gate, probe: gate.kind.probe(gate.context, node) }));
  const fragments: Fragment[] = [];
  let earlier = 0;
  for (const { gate, probe } of probed) {
    if (isPackets(probe)) continue;
    fragments.push({ id: idOf(gate), script: probe, readOnly: true });
    earlier += gate.context.patience;
  }
  let heldUp = 0;
  const programs = probed.flatMap(({ gate, probe }) => {
    if (!isPackets(probe)) return [];
    // In haste, a node that is held up by an earlier gate is not waited for.
    const placed = { id: idOf(gate), program: probe, earlier: haste ? 0 : earlier + heldUp };
    // After the first that waits in vain, each waits a second.
    heldUp = Math.max(heldUp + 1, gate.context.patience);
    return [placed];
  });
  const token = asked[0]?.context.token ?? '';
  return programs.length === 0
    ? fragments
    : [...fragments, { id: PACKETS, script: packetScript(programs, token, haste) }];
}

/** What a node answered to each of the gates that it was asked, by the gate's id; one that was not reached is missing. */
export function gateReplies(
  asked: readonly AskedGate[],
  replies: ReadonlyMap<string, FragmentReply>,
): ReadonlyMap<string, FragmentReply> {
  const packets = replies.get(PACKETS);
  const missing = asked.map(idOf).filter((id) => !replies.has(id));
  const sent = packets === undefined ? new Map<string, FragmentReply>() : packetReplies(missing, packets);
  return new Map(
    asked.flatMap((gate) => {
      const reply = replies.get(idOf(gate)) ?? sent.get(idOf(gate));
      return reply === undefined ? [] : [[gate.id, reply] as const];
    }),
  );
}

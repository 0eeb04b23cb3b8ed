import type { GateProbe, PacketQuestion } from '../../layers/gate.js';
import { packetReplies, packetScript } from '../../packets/process.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';

/** A gate to be measured on a node. */
export interface AskedGate {
  /** Unique among those asked together. */
  readonly id: string;
  readonly probe: GateProbe;
  /** Seconds that the probe may go on trying. */
  readonly patience: number;
}

export interface GateFragments {
  /** Of the run: letters and digits. */
  readonly token: string;
  /** Once a gate that sends packets has waited in vain, those after it are not asked. */
  readonly haste?: boolean;
}

const PACKETS = 'gate.packets';
const isPackets = (probe: GateProbe): probe is PacketQuestion<unknown> => 'packets' in probe;
const idOf = ({ id }: AskedGate): string => `gate.${id}`;

/** The gates of one node as pieces of one program: the shell's one by one, then all that send packets, in one process. */
export function gateFragments(
  asked: readonly AskedGate[],
  { token, haste = false }: GateFragments,
): Fragment[] {
  const fragments: Fragment[] = [];
  let earlier = 0;
  for (const gate of asked) {
    if (isPackets(gate.probe)) continue;
    fragments.push({ id: idOf(gate), script: gate.probe.script, readOnly: true });
    earlier += gate.patience;
  }
  let heldUp = 0;
  const programs = asked.flatMap((gate) => {
    if (!isPackets(gate.probe)) return [];
    // In haste, a node that is held up by an earlier gate is not waited for.
    const placed = {
      id: idOf(gate),
      program: gate.probe.packets,
      earlier: haste ? 0 : earlier + heldUp,
    };
    // After the first that waits in vain, each waits a second.
    heldUp = Math.max(heldUp + 1, gate.patience);
    return [placed];
  });
  if (programs.length === 0) return fragments;
  return [...fragments, { id: PACKETS, script: packetScript(programs, token, haste) }];
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

import type { FragmentReply } from '../../remote/program.js';
import { GarbledReply, printable } from '../../remote/reply-lines.js';
import type { Finding, GateContext, GateProbe, NodeReadings, Verdict } from '../gate.js';

function garbled(node: string, reason: string, reply: FragmentReply | undefined): Finding {
  const said = printable(reply?.stderr ?? '') || printable(reply?.stdout.slice(-200) ?? '');
  return {
    go: false,
    node,
    expected: "the probe's reply",
    seen: said === '' ? reason : `${reason}: ${said}`,
    fix: `run the gate again; if it persists, log in to ${node} and look for a full disk, a broken shell or a missing command`,
  };
}

/** Parses every measured node's reply; what can't be read becomes a STOP, never silence. */
export function readReplies<S>(
  context: GateContext<unknown>,
  replies: ReadonlyMap<string, FragmentReply>,
  probeOf: (node: string) => GateProbe<S>,
): NodeReadings<S> {
  const seen = new Map<string, S>();
  const unread: Finding[] = [];
  for (const node of new Set([...context.measured, ...replies.keys()])) {
    const reply = replies.get(node);
    if (reply === undefined) {
      unread.push(garbled(node, 'no reply', undefined));
      continue;
    }
    try {
      seen.set(node, probeOf(node).parse(reply));
    } catch (error) {
      if (!(error instanceof GarbledReply)) throw error;
      unread.push(garbled(node, error.message, reply));
    }
  }
  return { seen, unread };
}

/** A verdict over all readings. A node that was read but has no finding is a STOP: nothing was proven there. */
export function conclude<S>(
  readings: NodeReadings<S>,
  findings: readonly Finding[],
  summarize: (go: number, all: number) => string,
): Verdict {
  const measured = new Set(findings.map((finding) => finding.node));
  const silent = [...readings.seen.keys()]
    .filter((node) => !measured.has(node))
    .map((node) => ({
      go: false,
      node,
      expected: 'a measurement',
      seen: 'nothing was measured',
      fix: 'report this as a bug',
    }));
  const everything = [...readings.unread, ...silent, ...findings];
  return {
    summary: summarize(everything.filter((finding) => finding.go).length, everything.length),
    findings: everything,
  };
}

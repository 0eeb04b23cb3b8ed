import type { Finding } from '../../../layers/gate.js';
import type { PhaseNodes, ReportedError } from '../../../runner/events/events.js';
import { groupErrors, placeOfErrors } from '../error-groups.js';
import { allErrors, inNodeOrder, type RunRecord } from '../record.js';
import { revertedText } from '../reverted-text.js';
import { leftRows } from '../words.js';
import type { Reason } from './types.js';

/** Why a run was not GO, then what became of its nodes, then what stops nothing. */
export function reasonsOf(record: RunRecord): Reason[] {
  // The verdict already says that a run was interrupted.
  const errors = allErrors(record).filter(({ code }) => code !== 'E_INTERRUPTED');
  return [
    ...record.stopped.map(({ phase, gate, summary, findings, reliedOn }) =>
      reason('stop', `${phase} / ${gate}`, {
        message: reliedOn ? `${summary} (an earlier phase that the selected phases depend on)` : summary,
        findings: findings.filter(({ go }) => !go),
      }),
    ),
    ...groupErrors(errors).map((group) =>
      reason('failed', placeOfErrors(group), {
        nodes: group.nodes,
        message: group.error.message,
        ...ofError(group.error),
      }),
    ),
    ...record.leftOut.map(({ node, error }) =>
      reason('left-out', node, { nodes: [node], message: error.message, ...ofError(error) }),
    ),
    ...record.reverted.map((event) =>
      reason('reverted', `${event.node} / ${event.phase}`, {
        nodes: [event.node],
        message: revertedText(event),
        evidence: [...event.reverted, ...event.failed.map((item) => `NOT reverted: ${item}`)],
      }),
    ),
    ...[...record.left].map(([phase, nodes]) =>
      reason('state', phase, {
        nodes: Object.values(nodes).flat(),
        message: 'left the nodes as follows',
        evidence: stateLines(nodes),
      }),
    ),
    ...listed(
      'under-way',
      'these changes were started, and may still finish on their nodes',
      inNodeOrder(record, record.underWay, ([node]) => node),
    ),
    ...listed(
      'guarded',
      'these nodes revert their last changes by themselves unless they were confirmed',
      inNodeOrder(record, record.armed, ([node]) => node),
    ),
    ...record.unproven.map(({ node, phase, notes }) =>
      reason('next-boot', `${node} / ${phase}`, {
        nodes: [node],
        message: 'nothing could prove what the next boot will use',
        evidence: notes,
      }),
    ),
    ...record.noted.map(({ phase, gate, findings }) =>
      reason('note', `${phase} / ${gate}`, { message: 'this stops nothing', findings }),
    ),
  ];
}

function reason(
  kind: Reason['kind'],
  title: string,
  what: Partial<Reason> & Pick<Reason, 'message'>,
): Reason {
  const fixes = fixesOf(what.findings ?? []);
  const nodes = [...new Set((what.findings ?? []).map(({ node }) => node))];
  return { kind, title, nodes, fixes, findings: [], evidence: [], ...what };
}

const fixesOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.flatMap(({ fix }) => fix ?? [])),
];

function ofError({
  code,
  evidence,
  fix,
}: ReportedError): Pick<Reason, 'fixes' | 'evidence'> & Partial<Reason> {
  return {
    code,
    fixes: fix === undefined ? [] : [fix],
    evidence: evidence === undefined || evidence === '' ? [] : [evidence],
  };
}

const stateLines = (left: PhaseNodes): string[] => leftRows(left).map(([what, nodes]) => `${what}: ${nodes}`);

function listed(
  kind: Reason['kind'],
  message: string,
  byNode: readonly (readonly [string, string])[],
): Reason[] {
  if (byNode.length === 0) return [];
  const nodes = byNode.map(([node]) => node);
  const evidence = byNode.map(([node, what]) => `${node}: ${what}`);
  return [reason(kind, nodes.join(', '), { nodes, message, evidence })];
}

import { count } from '../../../core/text.js';
import type { Finding } from '../../../layers/gate.js';
import type { Reason, RunReport } from '../run-report/types.js';
import { KIND_WORDS } from '../words.js';
import { code, codeBlock, prose, table } from './code.js';

/** What is shown of one reason; the rest is counted. */
const FINDINGS = 10;
const FIXES = 5;
const EVIDENCE = { lines: 40, characters: 4000 };

/** Why the run was not GO, each reason by itself. A table of findings may be long, and comes after the fix. */
export function reasonSections({ reasons }: RunReport): string[] {
  return reasons.map(reasonSection);
}

function reasonSection({ kind, title, code: errorCode, message, fixes, findings, evidence }: Reason): string {
  const more = fixes.length - FIXES;
  return [
    `### ${KIND_WORDS[kind]}: ${code(title)}${errorCode === undefined ? '' : ` (${errorCode})`}`,
    prose(message),
    ...(evidence.length === 0 ? [] : [codeBlock(cut(evidence.join('\n')))]),
    ...fixes.slice(0, FIXES).map((fix) => `**Fix:** ${prose(fix)}`),
    ...(more > 0 ? [`and ${count(more, 'more fix', 'more fixes')}`] : []),
    ...(findings.length === 0 ? [] : [findingsTable(findings)]),
  ].join('\n\n');
}

function findingsTable(findings: readonly Finding[]): string {
  const rows = findings
    .slice(0, FINDINGS)
    .map((finding) => [code(placeOf(finding)), code(finding.expected), code(finding.seen)]);
  const more = findings.length - rows.length;
  return `${table(['where', 'expected', 'seen'], rows)}${more > 0 ? `\n\nand ${more} more` : ''}`;
}

const placeOf = ({ node, peer }: Finding): string => (peer === undefined ? node : `${node} -> ${peer}`);

function cut(text: string): string {
  const lines = text.split('\n');
  const shown = [...lines.slice(0, EVIDENCE.lines).join('\n')].slice(0, EVIDENCE.characters).join('');
  return shown.length === text.length ? text : `${shown}\n…`;
}

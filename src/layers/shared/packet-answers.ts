import { all, type Lines } from '../../remote/reply-lines.js';
import type { Finding } from '../gate.js';

/** The STOP for a node that cannot run packet programs. */
export function noPerl(node: string): Finding {
  return { go: false, node, expected: 'perl', seen: 'no perl', fix: `install perl-base on ${node}` };
}

/** Whether a probe found IPv6 turned off on the node. */
export function saysIpv6Off(lines: Lines): boolean {
  return all(lines, 'ipv6-off').length > 0;
}

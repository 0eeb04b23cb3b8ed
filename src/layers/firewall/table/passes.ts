import { familyOf } from '../../../model/address.js';
import type { Opening } from '../../../model/inventory.js';
import { MARK } from './paths.js';

/** Lines at the top of our rules that the loader adds to the chain INPUT of iptables. */
export const PASS = '# pass: ';

export type Tool = 'iptables' | 'ip6tables';

/** A rule that lets past others of the chain INPUT what must be open. */
export interface Pass {
  readonly tool: Tool;
  /** As `iptables -S` prints it, without `-A INPUT`. */
  readonly rule: string;
}

export const toolOf = (family: 4 | 6): Tool => (family === 4 ? 'iptables' : 'ip6tables');

/** An opening for one source, as `iptables -S` writes it without `-A INPUT`. */
export function passRule(opening: Opening, from: string | undefined): string {
  const { protocol, port, toPort, interface: device } = opening;
  return [
    ...(from === undefined || /\/0$/.test(from) ? [] : [`-s ${from}`]),
    ...(device === undefined ? [] : [`-i ${device}`]),
    `-p ${protocol} -m ${protocol} --dport ${port}${toPort === undefined ? '' : `:${toPort}`}`,
    `-m comment --comment ${MARK} -j ACCEPT`,
  ].join(' ');
}

/** Those that a file of our rules asks for. */
export function passesIn(text: string): readonly Pass[] {
  return text.split('\n').flatMap((line): readonly Pass[] => {
    if (!line.startsWith(PASS)) return [];
    const [tool = '', ...rule] = line.slice(PASS.length).split(' ');
    return [{ tool: tool === 'ip6tables' ? 'ip6tables' : 'iptables', rule: rule.join(' ') }];
  });
}

/** The sources of an opening in a family; undefined stands for everyone. */
export function sourcesIn({ sources }: Opening, family: 4 | 6): readonly (string | undefined)[] {
  return sources === 'anyone' ? [undefined] : sources.filter((source) => familyOf(source) === family);
}

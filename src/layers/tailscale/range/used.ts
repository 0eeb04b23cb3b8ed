import { isAddress } from '../../../model/address.js';
import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { TAILNET_LINK } from '../daemon/paths.js';
import { tailnetRangeAt } from './own-range.js';
import usedScript from './used.sh';

/** Something on the node that has an address in the tailnet's range and isn't the tailnet's. */
export interface Use {
  readonly kind: 'address' | 'route' | 'resolver' | 'rule';
  /** As the machine shows it. */
  readonly text: string;
}

const isTaken = (word: string): boolean => {
  const [address = ''] = word.split('/');
  return isAddress(address) && tailnetRangeAt(word) !== undefined;
};

function parseUses(stdout: string): Use[] {
  return stdout.split('\n').flatMap((line): Use[] => {
    const [, kind, text = ''] = /^(address|route|resolver|rule) (.+)$/.exec(line) ?? [];
    if (kind === 'rule') return [{ kind, text: text.trim() }];
    const [first = ''] = text.split(' ');
    return kind !== undefined && isTaken(first) ? [{ kind: kind as Use['kind'], text: text.trim() }] : [];
  });
}

/** What else uses the tailnet's range, before the node is in a tailnet. */
export const USES: Question<readonly Use[]> = {
  script: `link=${quote(TAILNET_LINK)}\n${usedScript}`,
  parse: ({ stdout }) => parseUses(stdout),
};

const WHAT: Readonly<Record<Use['kind'], string>> = {
  address: 'an address of the machine',
  route: 'a route',
  resolver: 'a name server',
  rule: 'a firewall rule or a load balancer',
};

export const useText = ({ kind, text }: Use): string => `${WHAT[kind]}: ${text}`;

import { count } from '../../../../core/text.js';
import type { Problem } from './problem.js';
import type { Seen } from './seen.js';

/** What an earlier cluster or VPN has left on a node. */
export function leftovers(node: string, { units, folders, rules }: Seen): readonly Problem[] {
  return [
    ...units.map((unit) => ({
      expected: 'no service of another cluster',
      seen: unit,
      fix: `if ${node} should leave that cluster, use the cluster's own procedure to remove a node; otherwise copy the playbook and remove this gate`,
    })),
    ...folders.map(({ folder, files, first }) => ({
      expected: `no files of another cluster in ${folder}`,
      seen: `${count(files, 'file')} that no installed package owns, such as ${first}`,
      fix: `find out what put ${files === 1 ? 'it' : 'them'} there (\`ls -lAR ${folder}\` on ${node}), and remove ${files === 1 ? 'it' : 'them'} with that`,
    })),
    ...rules.map(({ family, rule }) => ({
      expected: 'only the default routing rules',
      seen: `ip -${family} rule ${rule}`,
      fix: `find what sets it on ${node} (a VPN, a network plugin), and change its settings; SSH may depend on it`,
    })),
  ];
}

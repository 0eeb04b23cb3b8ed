import { BridgeheadError } from '../../core/errors.js';
import { tail } from '../host/command.js';
import { siteNamespace } from '../topology/layout.js';
import { ROUTER_TABLE } from '../topology/router.js';
import type { CommandResult, LabPlan, Router } from '../types.js';

/** What can be done with a site's router; `exec` runs a command in its network namespace. E_LAB if there is no such site. */
export function labRouter(
  { namespaces }: Pick<LabPlan, 'namespaces'>,
  site: string,
  exec: Router['exec'],
): Router {
  const rules = namespaces.find(({ name }) => name === siteNamespace(site))?.nft;
  if (rules === undefined) throw new BridgeheadError('E_LAB', `the lab has no site ${site}`);
  return {
    exec,
    restoreForwards: () => setTable(exec, rules),
    removeForward: async (protocol, port) => {
      const comment = new RegExp(`comment "(${protocol} ${port} to [^"]*)"`).exec(rules)?.[1];
      const chain = ['inet', ROUTER_TABLE, 'prerouting'];
      const listing =
        comment === undefined ? '' : accepted(await exec(['nft', '-a', 'list', 'chain', ...chain]));
      const handles = listing
        .split('\n')
        .filter((line) => line.includes(`comment "${comment}"`))
        .flatMap((line) => /# handle (\d+)$/.exec(line)?.[1] ?? []);
      if (handles.length === 0)
        throw new BridgeheadError('E_LAB', `the lab has no forward ${protocol} ${port}`);
      for (const handle of handles)
        accepted(await exec(['nft', 'delete', 'rule', ...chain, 'handle', handle]));
    },
  };
}

/** Replaces the router's table with another, in one transaction. */
export async function setTable(exec: Router['exec'], rules: string): Promise<void> {
  const input = `table inet ${ROUTER_TABLE} {}\ndelete table inet ${ROUTER_TABLE}\n${rules}`;
  accepted(await exec(['nft', '-f', '-'], { input }));
}

function accepted({ code, stdout, stderr }: CommandResult): string {
  if (code === 0) return stdout;
  throw new BridgeheadError('E_LAB', 'the router rejected its rules', { evidence: tail(stderr) });
}

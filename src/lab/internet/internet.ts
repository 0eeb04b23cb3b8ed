import { BridgeheadError } from '../../core/errors.js';
import { command } from '../../remote/quote.js';
import { tail } from '../host/command.js';
import type { LabPaths } from '../names.js';
import type { Lab, LabPlan } from '../types.js';
import { refusedFile } from './authority.js';
import { labDns } from './dns.js';
import { type AuthorityState, authorityRules } from './rules.js';
import type { InternetPlan, LabAuthority, LabInternet, LabVisitor, ServicesExec } from './types.js';

/** What can be done with the internet of a lab. E_LAB if it has nothing but addresses. */
export function labInternet(plan: LabPlan, paths: LabPaths, onInternet: Lab['onInternet']): LabInternet {
  const internet = internetOf(plan);
  const exec: ServicesExec = (command, options) => onInternet('services', command, options);
  return {
    dns: labDns(paths, exec),
    get acme() {
      return labAuthority(internet, paths, exec);
    },
  };
}

export function labVisitor(plan: LabPlan, onInternet: Lab['onInternet']): LabVisitor {
  return {
    addresses: internetOf(plan).visitor,
    exec: (command, options) => onInternet('visitor', command, options),
  };
}

/** E_LAB if nobody in the inventory needs names. */
export function internetOf({ lab, internet }: Pick<LabPlan, 'lab' | 'internet'>): InternetPlan {
  if (internet !== undefined) return internet;
  throw new BridgeheadError('E_LAB', `the internet of lab ${lab} has no DNS and no visitor`, {
    fix: 'give the inventory an app, or `lab: { names: … }`',
  });
}

function labAuthority({ authority }: InternetPlan, paths: LabPaths, exec: ServicesExec): LabAuthority {
  if (authority === undefined) {
    throw new BridgeheadError('E_LAB', 'the lab has no authority for certificates', {
      fix: 'give an edge `acme`, or the inventory `lab: { authorities: … }`',
    });
  }
  const { directory } = authority;
  const become = (state: AuthorityState) => async () => {
    const input = authorityRules(state, authority);
    const { code, stderr } = await exec(['nft', '-f', '-'], { input });
    if (code === 0) return;
    throw new BridgeheadError('E_LAB', "the authority's network rejected its rules", {
      evidence: tail(stderr),
    });
  };
  return {
    directory,
    stop: become('down'),
    limit: become('over its limit'),
    start: become('up'),
    refused: async () => {
      const { stdout } = await exec(`cat ${command(refusedFile(paths))} 2>/dev/null || :`);
      return stdout.split('\n').filter((line) => line !== '');
    },
  };
}

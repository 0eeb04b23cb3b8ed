import { planClosed } from '../../../src/layers/firewall/plan.js';
import { openAgain } from '../../../src/layers/firewall/steps/open.js';
import { PASS } from '../../../src/layers/firewall/table/passes.js';
import { LOADED_PATH, MARK, RULES_PATH } from '../../../src/layers/firewall/table/paths.js';
import { LOADER } from '../../../src/layers/firewall/table/unit.js';
import { firewalld, zone } from '../firewall/firewalld-model.js';
import { both, CLEAN, ruled, ufw } from '../firewall/support.js';
import type { Trial } from './one-failure.js';

const PASSING = `-p tcp -m comment --comment ${MARK} -j ACCEPT`;
const FILES = {
  [RULES_PATH]: `# For the inventory: home\n${PASS}iptables ${PASSING}\n`,
  [LOADED_PATH]: 'x\n',
};

/** The firewall's changes, in the table's way, in UFW's and in firewalld's, and those that remove it. */
export function firewallTrials(): Trial[] {
  const inventory = ruled('{ on: edge, allow: [443/tcp] }');
  const byUfw = [
    { ...CLEAN, ...ufw({ rules: both({ port: '80', comment: MARK }) }) },
    { ...CLEAN, ...ufw({ rules: [], loaded: new Set<4 | 6>() }) },
  ];
  const ours = 'rule priority="20117" port port="22" protocol="tcp" accept';
  const zones = [zone('public', { rules: [ours.replace('22', '80')] })];
  const byFirewalld = [
    { ...CLEAN, ...firewalld(zones) },
    { ...CLEAN, ...firewalld(zones, { loaded: false }) },
  ];
  const there = {
    ...CLEAN,
    ...ufw({ rules: both({ comment: MARK }) }),
    rules: { type: 'file', content: FILES[RULES_PATH] } as never,
    own: {
      ...CLEAN.own,
      enabled: true,
      active: true,
      table: 'x',
      passes: [{ tool: 'iptables', place: 1, rule: PASSING }] as const,
    },
  };
  const changes = [
    ...planClosed(inventory, 'edge', CLEAN),
    ...byUfw
      .flatMap((seen) => planClosed(inventory, 'edge', seen))
      .filter(({ summary }) => /ufw/i.test(summary) && !summary.startsWith('write')),
    ...byFirewalld
      .flatMap((seen) => planClosed(inventory, 'edge', seen))
      .filter(({ script }) => script.includes('firewall-cmd')),
    ...openAgain('edge', there),
    ...openAgain('edge', { ...CLEAN, ...firewalld([zone('public', { rules: [ours] })]) }),
  ];
  return [
    ...changes.map(({ summary, script }) => ({ summary, script, files: FILES })),
    { summary: 'what loads the rules', script: LOADER, files: FILES },
  ];
}

import type { Lab } from '../../../../src/lab/index.js';
import type { LockOut } from './case.js';

/** Machines on which one case after the other is tried; the first of them is changed. */
export interface Lane {
  readonly kind: 'box' | NonNullable<LockOut['lane']>;
  readonly nodes: readonly string[];
  /** The first one's addresses. */
  readonly addresses: { readonly 4: string; readonly 6: string };
}

const box = (index: number): Lane => ({
  kind: 'box',
  nodes: [`box-${index}`],
  addresses: { 4: `198.51.100.6${index}`, 6: `2001:db8:6${index}::1` },
});

export const LANES: readonly Lane[] = [
  box(1),
  box(2),
  box(3),
  { kind: 'zone', nodes: ['zone'], addresses: { 4: '198.51.100.64', 6: '2001:db8:64::1' } },
  { kind: 'jump', nodes: ['gate', 'inner'], addresses: { 4: '198.51.100.65', 6: '2001:db8:65::1' } },
];

const YARD = '  yard: { subnet: 192.168.65.0/24, router: 192.168.65.1, nat: false }';
const INNER = '192.168.65.11';

export interface Written {
  /** Missing in the inventory from which the lab is built. */
  readonly lab?: Lab;
  readonly firewall?: LockOut['firewall'];
  readonly overSix?: LockOut['overSix'];
}

/** The inventory of lanes; with a lab their machines' keys are pinned, whatever address is connected to. */
export async function inventoryText(
  name: string,
  lanes: readonly Lane[],
  { lab, firewall, overSix }: Written = {},
): Promise<string> {
  const ssh = async (node: string, own: string) => {
    const key = lab === undefined ? '' : `, hostKey: ${JSON.stringify(await lab.knownHostKeys(node))}`;
    return `ssh: { ${own}${key} }`;
  };
  const nodes = await Promise.all(
    lanes.map(async ({ kind, nodes: [first = '', inner], addresses }) => {
      const host = overSix ? `, host: "${addresses[6]}"` : '';
      const place = kind === 'jump' ? ', site: yard, lan: 192.168.65.10' : '';
      const edge = `  ${first}: { role: edge, public: [${addresses[4]}, "${addresses[6]}"]${place}, ${await ssh(first, `user: root${host}`)} }`;
      if (inner === undefined) return edge;
      const behind = await ssh(inner, `user: ops, sudo: password, jump: ${first}`);
      return `${edge}\n  ${inner}: { role: server, site: yard, lan: ${INNER}, ${behind} }`;
    }),
  );
  const sites = lanes.some(({ kind }) => kind === 'jump') ? `sites:\n${YARD}\n` : '';
  const rules = firewall === undefined ? '' : `firewall: ${JSON.stringify(firewall)}\n`;
  return `name: ${name}\n${sites}nodes:\n${nodes.join('\n')}\n${rules}`;
}

const OPTIONS = ['BatchMode=yes', 'ConnectTimeout=3'].flatMap((one) => ['-o', one]);

/** What a new login by plain `ssh` is answered, for each of a lane's machines and each way to it. */
export async function logins(lab: Lab, { nodes: [first, inner], addresses }: Lane): Promise<string[]> {
  const ways = [
    [`root@${addresses[4]}`],
    ['-o', `HostKeyAlias=${addresses[4]}`, `root@${addresses[6]}`],
    ...(inner === undefined ? [] : [['-J', `root@${addresses[4]}`, `ops@${INNER}`]]),
  ];
  return Promise.all(
    ways.map(async (way) => {
      const argv = ['timeout', '15', 'ssh', ...OPTIONS, ...way, 'echo "$SSH_CONNECTION"'];
      const { code, stdout, stderr } = await lab.run(argv, { timeoutMs: 60_000 });
      const where = way === ways[2] ? inner : first;
      return code === 0 ? (stdout.split(' ')[0] ?? '') : `no login to ${where} at ${way.at(-1)}: ${stderr}`;
    }),
  );
}

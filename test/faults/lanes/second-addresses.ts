import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Lab } from '../../../src/lab/index.js';
import { LabPaths } from '../../../src/lab/names.js';
import { INTERNET } from '../../../src/lab/topology/network.js';
import { GROUP_PORTS, type GroupPlan } from './group.js';

const HOST0 = '/etc/systemd/network/10-host0.network';

/** Gives a group's far machine and its site's router the addresses to which they will move; both of each work. */
export async function addSecondAddresses(lab: Lab, plan: GroupPlan): Promise<void> {
  const { farPublic, sitePublic } = plan;
  for (const address of [farPublic.second, sitePublic.second])
    await inInternet(lab, ['ip', 'route', 'replace', `${address}/32`, 'dev', 'wan']);
  await must(
    lab.exec(
      plan.far,
      `sed -i '/^Address=/a Address=${farPublic.second}/32' ${HOST0} && networkctl reload && networkctl reconfigure host0`,
    ),
  );
  const forwards = Object.values(GROUP_PORTS).map(
    (port) =>
      `nft add rule inet bridgehead_lab prerouting iifname wan ip daddr ${sitePublic.second} udp dport ${port} dnat ip to ${plan.innerLan}`,
  );
  await must(
    lab
      .router(plan.site)
      .exec(['set -e', ...forwards, `ip addr add ${sitePublic.second}/32 dev wan`].join('\n')),
  );
}

/** The far machine sends from its second address by itself, as one that was renumbered does; both still work. */
export async function preferSecondPublic(lab: Lab, { far, farPublic }: GroupPlan): Promise<void> {
  const { first, second } = farPublic;
  await must(
    lab.exec(
      far,
      `sed -i 's/^PreferredSource=${first}/PreferredSource=${second}/' ${HOST0}
ip route replace $(ip route show default | sed 's/ src [0-9.]*//') onlink src ${second}
ip route show default | grep -q ' src ${second}'`,
    ),
  );
}

/** Takes the first addresses away, now and at the next boot, as the old provider does some day. */
export async function takeFirstPublicAway(lab: Lab, { far, farPublic }: GroupPlan): Promise<void> {
  const { first } = farPublic;
  await must(lab.exec(far, `sed -i '/^Address=${first}/d' ${HOST0} && ip addr del ${first}/32 dev host0`));
}

export async function takeFirstSiteAddressAway(lab: Lab, { site, sitePublic }: GroupPlan): Promise<void> {
  const { first, second } = sitePublic;
  await must(
    lab.router(site).exec(`set -e
ip route replace $(ip route show default | sed 's/ src .*//') onlink src ${second}
ip addr del ${first}/32 dev wan`),
  );
}

export async function bringFirstSiteAddressBack(lab: Lab, { site, sitePublic }: GroupPlan): Promise<void> {
  const { first } = sitePublic;
  await must(
    lab.router(site).exec(`set -e
ip addr show dev wan | grep -q ' ${first}/' || ip addr add ${first}/32 dev wan
ip route replace $(ip route show default | sed 's/ src .*//') onlink src ${first}`),
  );
}

async function inInternet(lab: Lab, argv: readonly string[]): Promise<void> {
  const namespace = new LabPaths(lab.name).namespace(INTERNET);
  await promisify(execFile)('nsenter', [`--net=${namespace}`, ...argv]);
}

async function must(work: ReturnType<Lab['exec']>): Promise<void> {
  const { code, stderr } = await work;
  if (code !== 0) throw new Error(`an address could not be moved: ${stderr}`);
}

import { bareAddress } from '../../../model/address.js';
import { networksOf } from '../../../model/atlas.js';
import type { Network } from '../../../model/inventory.js';
import { inParts, type Question } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import { DROP_IN_PATHS } from '../../host/forwarding/followed.js';
import { KEEP_ACCEPT_RA, KEPT_ACCEPT_RA } from '../../host/forwarding/off/keep-accept-ra.js';
import { switchText } from '../../host/forwarding/off/why-forwards.js';
import { FORWARDING_KEYS } from '../../host/forwarding/switches.js';
import {
  DOCKER_UNIT_PATH,
  dockerUnitOf,
  FORWARDING_FOLDER,
  UNIT_PATH,
  unitOf,
} from '../../host/forwarding/unit.js';
import { mustSucceed } from '../../shared/failures.js';
import { MANAGED } from '../../shared/managed.js';
import type { Change, Disruption, Facts, StepContext, StepKind, Touched } from '../../step.js';
import { parseConfig } from '../overlay/parse-config.js';
import { asideOf, putAsideScript } from './aside.js';
import { formerName, jointOf } from './joint.js';
import { isOurs, previousOf } from './ours.js';
import { filesOf, forwardingFilesOf, type Left, leftFact } from './probe.js';
import { forwardNothingScript, removeFilesScript, takeDownScript, tunnelUnitOf } from './scripts.js';

export interface RetireParams {
  /** Files in /etc/sysctl.d that steps of the playbook want on the node. */
  readonly wantedSysctls: readonly string[];
}

export interface RetireSeen {
  readonly left: readonly Left[];
  /** Files of ours in /etc/sysctl.d, those of the forwarding step apart. */
  readonly sysctls: readonly string[];
}

type Context = StepContext<RetireParams>;

const NONE: Disruption = { level: 'none' };

const OUR_SYSCTLS: Question<readonly string[]> = {
  script: `for file in /etc/sysctl.d/99-bridgehead*.conf; do
case $file in *'*'* | */99-bridgehead-forwarding-*) continue ;; esac
line=
read -r line <"$file"
case $line in ${quote(MANAGED)}*) echo "$file" ;; esac
done`,
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line !== ''),
};

function question({ inventory, node }: Context): Question<RetireSeen> {
  return inParts({ sysctls: OUR_SYSCTLS, left: leftFact(inventory, node.name) });
}

/** The network that an interface was made for, as far as it is known. */
const nameOf = ({ seen, interface: name }: Left): string =>
  seen.record === undefined ? `the network of ${name}` : `network ${seen.record.network}`;

/** Bare addresses at which the node and its peers may be reached as long as the interface exists. */
function addressesOf({ seen: { record, config } }: Left): readonly string[] {
  const { addresses, peers } = parseConfig(config?.text ?? '');
  const written = [...addresses, ...peers.flatMap(({ allowedIps }) => allowedIps)].map(bareAddress);
  const recorded =
    record === undefined ? [] : [...record.addresses, ...record.peers.map(({ address }) => address)];
  return [...new Set([...recorded, ...written])];
}

function reasonOf({ inventory, node }: Context, left: Left, heir: string | undefined): string {
  const { record } = left.seen;
  if (heir !== undefined) return `${nameOf(left)} is on ${heir} now`;
  const known = inventory.networks.some((network) => network.name === record?.network);
  if (record !== undefined && !known) return `the inventory has no ${nameOf(left)} any more`;
  return `${node.name} is no longer a member of ${nameOf(left)}`;
}

function heirOf({ inventory, node }: Context, left: Left): Network | undefined {
  const own = networksOf(inventory, node.name);
  return own.find((network) => previousOf({ inventory, network, node: node.name }, [left]));
}

function touchesOf(left: Left): Touched {
  const { interface: name } = left;
  return {
    files: [
      asideOf(left),
      ...filesOf(name),
      KEPT_ACCEPT_RA,
      FORWARDING_FOLDER,
      UNIT_PATH,
      DOCKER_UNIT_PATH,
      ...DROP_IN_PATHS,
    ],
    units: [tunnelUnitOf(name), unitOf(name), dockerUnitOf(name)],
    sysctls: Object.values(FORWARDING_KEYS),
    interfaces: [name],
    network: true,
  };
}

function retire(context: Context, left: Left): Change[] {
  const { interface: name, seen, files } = left;
  const network = heirOf(context, left);
  const heir = network?.interface;
  const { inventory, node } = context;
  const joint = jointOf({ inventory, node: node.name, left, heir: network });
  const reason = reasonOf(context, left, heir);
  const felt: Disruption =
    heir === undefined
      ? { level: 'outage', detail: `every session over ${name} ends` }
      : { level: 'brief', detail: `sessions over ${name} pause until ${heir} is up` };
  const runs = seen.unit.enabled || seen.unit.active || seen.live !== undefined;
  const forwarding = files.filter((file) => forwardingFilesOf(name).includes(file));
  const rest = files.filter((file) => !forwarding.includes(file));
  const changes: Change[] = [
    ...(runs
      ? [
          {
            summary: `stop ${name}, now and at boot: ${reason}`,
            disruption: felt,
            script: takeDownScript(name),
          },
        ]
      : []),
    ...(forwarding.length > 0
      ? [
          {
            summary: `stop forwarding for ${name}, and ${switchText(left.staysOn)}`,
            disruption: heir === undefined ? felt : NONE,
            script: forwardNothingScript(name),
          },
        ]
      : []),
    ...(rest.length > 0
      ? [
          {
            summary:
              heir === undefined
                ? `move ${rest.join(', ')} to ${asideOf(left)}: ${reason}`
                : `remove ${rest.join(', ')}: ${reason}`,
            disruption: NONE,
            script:
              heir === undefined
                ? putAsideScript({ left, inventory: context.inventory, node: context.node.name, files: rest })
                : removeFilesScript(name, rest, heir),
          },
        ]
      : []),
  ];
  return changes.map((change) => ({
    ...change,
    touches: touchesOf(left),
    guarded: true,
    ...(heir === undefined && { retires: formerName(left) }),
    ...(joint !== undefined && { joint }),
  }));
}

/** On a node that has no network any more: settings that it was given for one, unless another inventory still has one here. */
function retireSysctls({ params }: Context, files: readonly string[]): Change[] {
  const left = files.filter((file) => !params.wantedSysctls.includes(file));
  if (left.length === 0) return [];
  return [
    {
      summary: `remove ${left.join(', ')}; the values stay until the next boot`,
      disruption: NONE,
      script: `${KEEP_ACCEPT_RA}settings=$(${command('cat', ...left)}) && ${command('rm', '-f', ...left)} && keep_accept_ra "$settings"`,
      touches: { files: [...left, KEPT_ACCEPT_RA] },
      guarded: true,
    },
  ];
}

function plan(context: Context, { left, sysctls }: RetireSeen, facts: Facts): Change[] {
  const { inventory, node } = context;
  const ours = left.filter((one) => isOurs(one, inventory, node, facts));
  const isFree = networksOf(inventory, node.name).length === 0 && ours.length === left.length;
  return [
    ...ours.flatMap((one) => retire(context, one)),
    ...(isFree && ours.length > 0 ? retireSysctls(context, sysctls) : []),
  ];
}

/**
 * Retires what was made for this inventory and is not wanted on a node any more: an interface that was given another name,
 * or whose network the node has left. No playbook names it: it goes before the first `wireguard` step, so that an
 * interface under its new name finds the port free.
 */
export const retireStep: StepKind<RetireParams, RetireSeen> = {
  kind: 'retire',
  schema: { type: 'object' },
  probe: (context) => mustSucceed(question(context), 'what was left behind'),
  formerAddresses: (_context, { left }) => new Map(left.map((one) => [formerName(one), addressesOf(one)])),
  plan,
};

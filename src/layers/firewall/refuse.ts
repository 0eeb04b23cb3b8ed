import { allowFix, causeText } from '../../facts/firewall/cause.js';
import { TOO_LONG } from '../../facts/firewall/read.js';
import type { Login } from '../../facts/login.js';
import { hostRoute, isWithin } from '../../model/address.js';
import type { Inventory, Opening } from '../../model/inventory.js';
import { inventoryOf } from '../shared/managed.js';
import type { Explanation } from '../step.js';
import { explainDrop, isHelpedByZone, whyNotByFirewalld } from './firewalld/refuse.js';
import { isByUfw, isPassable, type Obstacle, obstaclesTo, othersTables } from './others.js';
import { planClosed } from './plan.js';
import type { SeenFirewall } from './probe/seen.js';
import { isSame, ufwWanted, ufwWords } from './ufw/rules.js';
import { portWord } from './validation.js';
import { closerOf, openingsOn } from './wanted.js';

interface Asked {
  readonly inventory: Inventory;
  readonly node: string;
  readonly seen: SeenFirewall;
}

/** Why the node can't be closed as the inventory says; nothing is changed then. */
export function whyNot(asked: Asked): Explanation[] {
  const { inventory, node, seen } = asked;
  const openings = openingsOn(inventory, node, seen);
  return [
    ...otherInventory(asked),
    ...unknown(asked),
    ...lockOut(asked, openings),
    ...ufwObstacles(asked, openings),
    ...(closerOf(seen) === 'ufw' ? [] : whyNotByFirewalld(node, seen, openings)),
    ...obstacles(asked, openings),
  ];
}

function otherInventory({ inventory, node, seen }: Asked): Explanation[] {
  const owner = seen.rules.type === 'file' ? inventoryOf(seen.rules.content ?? '') : undefined;
  if (owner === undefined || owner === inventory.name) return [];
  return [
    {
      code: 'E_NOT_OURS',
      message: `the inventory ${owner} decides what ${node} lets in`,
      fix: `remove ${node} from the firewall rules of one of the two, and apply that one first`,
    },
  ];
}

/** Whether an opening lets in a login as this one was. */
export function letsIn(
  { protocol, port, toPort = port, sources, interface: device }: Opening,
  login: Login,
): boolean {
  const { from } = login;
  return (
    protocol === 'tcp' &&
    port <= login.port &&
    login.port <= toPort &&
    (device === undefined || device === login.device) &&
    (sources === 'anyone' || sources.some((source) => isWithin(hostRoute(from), source)))
  );
}

/** Of what can't be judged nothing is changed; what is as wanted stays. */
function unknown({ inventory, node, seen }: Asked): Explanation[] {
  if (seen.tables !== undefined || planClosed(inventory, node, seen).length === 0) return [];
  return [
    {
      code: 'E_FIREWALL',
      message: `whether another firewall on ${node} drops what must be open is not known: ${TOO_LONG}`,
      fix: `have its rules on ${node} look up addresses in sets rather than one by one (\`nft -t list ruleset\` shows them without sets), or remove ${node} from the firewall rules of the inventory`,
    },
  ];
}

function lockOut({ node, seen: { login } }: Asked, openings: readonly Opening[]): Explanation[] {
  if (login === undefined || openings.some((one) => letsIn(one, login))) return [];
  const rules = [...new Set(openings.filter(({ isSsh }) => isSsh).map(({ because }) => because))];
  return [
    {
      code: 'E_FIREWALL',
      message: `this very login to ${node} comes from ${login.from} to port ${login.port}, which its rules keep out`,
      fix: `add ${login.from} to \`from\` of \`ssh\` in ${rules.join(' or ') || 'a rule for it'}, or log in from where its rules let you in`,
    },
  ];
}

function ufwObstacles({ inventory, node, seen }: Asked, openings: readonly Opening[]): Explanation[] {
  const { ufw } = seen;
  if (ufw === undefined || closerOf(seen) !== 'ufw') return [];
  const six = inventory.nodes
    .filter(({ name }) => name === node)
    .flatMap(({ publicAddresses, lanAddresses }) => [...publicAddresses, ...lanAddresses])
    .find((address) => address.includes(':'));
  const opposed = ufwWanted(openings, ufw).flatMap((one) =>
    ufw.rules
      .filter((rule) => isSame(rule, one) && (rule.action === 'deny' || rule.action === 'reject'))
      .slice(0, 1)
      .map(
        ({ action }): Explanation => ({
          code: 'E_FIREWALL',
          message: `UFW has a rule on ${node} to ${action} what must be open: ${one.protocol} ${one.port} from ${one.from ?? 'anyone'}`,
          fix: `\`ufw ${ufwWords(one).join(' ')}\` on ${node}, which replaces it, or change the inventory`,
        }),
      ),
  );
  return [
    ...(ufw.closes
      ? []
      : [
          {
            code: 'E_FIREWALL',
            message: `UFW lets in on ${node} whatever no rule denies`,
            fix: `make "deny" its default for incoming packets on ${node}, once \`ufw status\` shows a rule for SSH`,
          } as const,
        ]),
    ...(ufw.ipv6 || six === undefined
      ? []
      : [
          {
            code: 'E_FIREWALL',
            message: `UFW drops all IPv6 on ${node} (IPV6=no), which has the address ${six}`,
            fix: `set IPV6=yes in /etc/default/ufw on ${node}, and have UFW load it`,
          } as const,
        ]),
    ...opposed,
  ];
}

/** Whoever else drops what must be open, if nothing can be added that prevents it. */
function obstacles({ node, seen }: Asked, openings: readonly Opening[]): Explanation[] {
  const closer = closerOf(seen);
  const found = obstaclesTo(openings, othersTables(seen)).filter((one) => {
    if (isPassable(one)) return false;
    if (closer === 'firewalld' && isHelpedByZone(one)) return false;
    return !(closer === 'ufw' && isByUfw(one) && !isDenied(one));
  });
  const explained = found.map((one): Explanation => explainDrop(node, one) ?? explainObstacle(node, one));
  return [...new Map(explained.map((one) => [one.message, one])).values()];
}

const explainObstacle = (node: string, { opening, packet, cause }: Obstacle): Explanation => ({
  code: 'E_FIREWALL',
  message: `${portWord(opening)} must be open on ${node} for ${opening.because}, and another firewall drops it: ${causeText(cause)}`,
  fix: allowFix(cause, packet, node),
});

/** A rule that somebody made on purpose, which a rule of ours would come after. */
const isDenied = ({ cause: { chain, rule } }: Obstacle): boolean =>
  rule !== undefined && /^ufw6?-(user-input|before-input)$/.test(chain);

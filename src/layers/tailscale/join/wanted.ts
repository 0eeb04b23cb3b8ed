import type { Node } from '../../../model/inventory.js';
import type { Membership } from '../inventory/members.js';
import { type SeenPrefs, sameTexts } from '../live/prefs.js';
import type { SeenStatus } from '../live/status.js';

/** One setting of tailscaled: its flag for `tailscale up` and `tailscale set`, and whether it is in force. */
export interface Setting {
  /** Without `--`. */
  readonly flag: string;
  readonly value: string;
  /** As a plan words it. */
  readonly summary: string;
  isSet(prefs: SeenPrefs): boolean;
}

const yes = (value: boolean): string => String(value);

/** What both commands take. */
export function settingsOf(
  { name }: Pick<Node, 'name'>,
  { tailnet, member }: Membership,
): readonly Setting[] {
  const { acceptDns, netfilter } = tailnet;
  const { accepts, advertises, offersExit } = member;
  return [
    {
      flag: 'hostname',
      value: name,
      summary: `be ${name} in the tailnet`,
      isSet: ({ hostName }) => hostName === name,
    },
    {
      flag: 'accept-dns',
      value: yes(acceptDns),
      summary: acceptDns ? "use the tailnet's name servers" : "keep the machine's own name servers",
      isSet: (prefs) => prefs.acceptDns === acceptDns,
    },
    {
      flag: 'accept-routes',
      value: yes(accepts),
      summary: accepts ? 'accept the routes that others advertise' : 'accept no routes',
      isSet: (prefs) => prefs.acceptRoutes === accepts,
    },
    {
      flag: 'advertise-routes',
      value: advertises.join(','),
      summary: advertises.length > 0 ? `advertise ${advertises.join(', ')}` : 'advertise no routes',
      isSet: (prefs) => sameTexts(prefs.advertises, advertises),
    },
    {
      flag: 'advertise-exit-node',
      value: yes(offersExit),
      summary: offersExit ? 'offer to be an exit node' : 'be no exit node',
      isSet: (prefs) => prefs.offersExit === offersExit,
    },
    {
      flag: 'netfilter-mode',
      value: netfilter,
      summary: `firewall rules of Tailscale: ${netfilter}`,
      isSet: (prefs) => prefs.netfilter === netfilter,
    },
  ];
}

/** Flags that only `tailscale up` takes, besides the key. */
export const upFlagsOf = ({ tailnet: { loginServer, tags } }: Membership): string[] => [
  `--login-server=${loginServer}`,
  `--advertise-tags=${tags.join(',')}`,
];

export const flagsOf = (settings: readonly Setting[]): string[] =>
  settings.map(({ flag, value }) => `--${flag}=${value}`);

/** Whether the node's way to the internet is the wanted one. */
export function hasExit(
  { member: { exitNode } }: Membership,
  prefs: SeenPrefs,
  { peers }: Pick<SeenStatus, 'peers'>,
): boolean {
  const { exitNodeId, exitNodeAddress } = prefs;
  if (exitNode === undefined) return exitNodeId === '' && exitNodeAddress === '';
  const exit = peers.find(({ hostName }) => hostName === exitNode);
  if (exit === undefined || !prefs.exitKeepsLan) return false;
  return exit.id === exitNodeId || exit.addresses.includes(exitNodeAddress);
}

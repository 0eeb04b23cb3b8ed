import { configPath } from '../../tunnel/readings.js';
import type { Adoption } from '../adoption.js';
import type { Obstacle } from '../obstacles.js';
import { peersThere } from '../peers.js';
import { unrouted } from './routes.js';
import type { Reason, Takeover, Untaken } from './takeover.js';

/** What such lines do, and what to do about them. */
const REASONS: Readonly<Record<Reason, { readonly does: string; readonly fix: string }>> = {
  address: {
    does: 'gives it addresses in a way that wg-quick lacks',
    fix: 'give it fixed addresses there, each with nothing but its prefix length',
  },
  dns: {
    does: 'sets name servers for it, which a tunnel between machines does not have here',
    fix: 'set them for the machine itself, and remove the lines',
  },
  earlier: {
    does: 'would go on with it by a file that sorts before ours',
    fix: 'rename that file to begin with 10-, or have its [Match] leave the interface out',
  },
  file: {
    does: 'has settings of it in files that are not read',
    fix: 'put everything into its own file, without drop-ins and continued lines',
  },
  forwarding: {
    does: 'turns packet forwarding on with it',
    fix: 'turn it on in a file in /etc/sysctl.d (net.ipv4.ip_forward=1), and remove the lines',
  },
  'link-local': {
    does: 'gives it a link-local address',
    fix: 'set LinkLocalAddressing=no, if nothing needs that address',
  },
  masquerade: {
    does: 'masquerades packets of it',
    fix: 'remove the lines: with `internet: true` or `advertise` in the inventory the first apply masquerades',
  },
  match: {
    does: 'sets other interfaces up with the same file',
    fix: 'give it a file of its own, with only Name= under [Match]',
  },
  routing: {
    does: 'routes otherwise than by AllowedIPs in the main table',
    fix: 'remove the lines, if nothing needs them',
  },
  secret: {
    does: 'gets its key from elsewhere at each start',
    fix: 'have the key in the file (flags 0)',
  },
  unknown: {
    does: 'has settings that wg-quick lacks',
    fix: 'remove the lines, if nothing needs them',
  },
  zone: {
    does: 'puts it into a zone of firewalld',
    fix: 'bind the interface to the zone in firewalld itself, and remove the line',
  },
};

const at = ({ file, line, setting }: Untaken): string => (line === 0 ? file : `${file}:${line}: ${setting}`);

function untakenObstacles({ node, interface: name }: Adoption, { kind, untaken }: Takeover): Obstacle[] {
  const reasons = [...new Set(untaken.map(({ why }) => why))];
  return reasons.map((why) => ({
    message: `${kind} on ${node} ${REASONS[why].does}: ${name} can't be taken over with that`,
    evidence: untaken
      .filter((one) => one.why === why)
      .map(at)
      .join('\n'),
    fix: `${REASONS[why].fix}; have ${kind} read the file again, check that everything still works, then adopt it`,
  }));
}

/** wg-quick makes a route for each of AllowedIPs, which the other program may not have made. */
function unroutedObstacles({ node, interface: name, seen }: Adoption, { kind }: Takeover): Obstacle[] {
  const { live } = seen.interface;
  const missing = live === undefined ? [] : unrouted(live, peersThere(seen.interface));
  if (missing.length === 0) return [];
  return [
    {
      message: `wg-quick would route AllowedIPs into ${name} on ${node} that ${kind} doesn't: from the next boot on`,
      evidence: missing.map(({ publicKey, ranges }) => `peer ${publicKey}: ${ranges.join(', ')}`).join('\n'),
      fix: `leave in AllowedIPs only what is routed into ${name} now; or, if all of it belongs into the tunnel, and neither an endpoint nor the address that you log in from is in it, add routes to the same ranges; have ${kind} read the file again, check that everything still works, then adopt it`,
    },
  ];
}

/** What keeps an interface that another program makes from being taken over. */
export function makerObstacles(adoption: Adoption): readonly Obstacle[] {
  const { node, interface: name, seen } = adoption;
  const { makers, takeover } = seen;
  const { live, config } = seen.interface;
  const [maker] = makers;
  if (takeover === undefined) {
    // A container that runs WireGuard may be about another interface: it makes this one if nothing else does.
    const isMade = maker?.kind !== 'container' || (config === undefined && live !== undefined);
    if (maker === undefined || !isMade) return [];
    const generated = makers.filter(({ where }) => /^\/(?:run|usr)\//.test(where));
    if (generated.length > 0) {
      return [
        {
          message: `${name} on ${node} is made by ${maker.kind} from a file that is generated, by netplan for example`,
          evidence: generated.map(({ where }) => where).join('\n'),
          fix: `give ${maker.kind} a file of your own for it, as docs/adopt.md says under "Tunnels of netplan", then adopt it`,
        },
      ];
    }
    return [
      {
        message: `${name} on ${node} is made by ${maker.kind}, which would make it again in addition to wg-quick`,
        evidence: [
          ...makers.map(({ where }) => where),
          ...(config === undefined ? [] : [configPath(name)]),
        ].join('\n'),
        fix: `have only one of them make it, as docs/adopt.md says under "Interfaces that other programs make", then adopt it`,
      },
    ];
  }
  const { kind, files, drives } = takeover;
  return [
    ...(drives && live !== undefined
      ? []
      : [
          {
            message: `${name} on ${node} doesn't run as the files of ${kind} say`,
            evidence: files.join('\n'),
            fix: `bring it up with ${kind}, or remove the files if nothing needs them, then adopt it`,
          },
        ]),
    ...untakenObstacles(adoption, takeover),
    ...unroutedObstacles(adoption, takeover),
  ];
}

import { command, quote } from '../../../remote/quote.js';
import { FORWARDING_KEYS } from '../../host/forwarding/switches.js';
import { startUnit } from '../../shared/start-unit.js';
import type { Change, Disruption, StepContext } from '../../step.js';
import { enableForwardingScript, forwardedFamilies, planFiles, wantedFiles } from '../daemon/files.js';
import {
  DAEMON_PATH,
  OWN_FILES,
  READ_AT_START,
  STATE_FOLDER,
  TAILNET_LINK,
  TAILSCALED,
  UNIT_PATH,
} from '../daemon/paths.js';
import type { Membership } from '../inventory/members.js';
import { exitScript, joinWithKeyScript, RESUME, setScript } from '../join/join.js';
import { flagsOf, hasExit, settingsOf, upFlagsOf } from '../join/wanted.js';
import { loginOf } from './login.js';
import type { TailscaleSeen } from './seen.js';

/** Changes of the daemon are felt by sessions over the tailnet. */
const PAUSES: Disruption = { level: 'brief', detail: `sessions over ${TAILNET_LINK} pause` };
const NONE: Disruption = { level: 'none' };

export interface Planned {
  readonly context: StepContext<unknown>;
  readonly membership: Membership;
  readonly seen: TailscaleSeen;
  /** Text of the login server's authority. */
  readonly authority: string | undefined;
}

/** What brings the node into its tailnet, with the settings that it is to have. */
export function planTailscale(planned: Planned): Change[] {
  const { context, membership, seen, authority } = planned;
  const { inventory, node } = context;
  const wanted = wantedFiles({ inventory, node, membership, packaged: seen.packaged, authority });
  const files = planFiles(wanted, seen.files);
  const changes = [
    ...files.values(),
    ...planForwarding(membership, seen),
    ...planDaemon(
      seen,
      READ_AT_START.some((path) => files.has(path)),
    ),
    ...planLogin(planned),
    ...planSettings(planned),
  ];
  return changes.map((change) => ({
    ...change,
    guarded: true,
    touches: {
      files: [...OWN_FILES, STATE_FOLDER],
      units: [TAILSCALED],
      sysctls: Object.values(FORWARDING_KEYS),
      network: true,
    },
  }));
}

function planForwarding(membership: Membership, { forwards }: TailscaleSeen): Change[] {
  const families = forwardedFamilies(membership).filter((family) => !forwards.has(family));
  if (families.length === 0) return [];
  return [
    {
      summary: `forward packets (${families.map((family) => `IPv${family}`).join(', ')})`,
      disruption: NONE,
      script: enableForwardingScript(families),
    },
  ];
}

/** Whether a file that the daemon reads is newer than its start. */
function isOutdated({ unit: { startedAt, modified } }: TailscaleSeen): boolean {
  return startedAt !== undefined && [...modified.values()].some((time) => time > startedAt);
}

function planDaemon(seen: TailscaleSeen, written: boolean): Change[] {
  const { active, fileState } = seen.unit;
  const reload = 'systemctl daemon-reload && ';
  if (!active) {
    return [
      {
        summary: `start ${TAILSCALED}, now and at boot`,
        disruption: NONE,
        script: `[ -e ${quote(UNIT_PATH)} ] && ! [ -x ${quote(DAEMON_PATH)} ] && { echo 'tailscale is not installed' >&2; exit 1; }
${reload}${startUnit(TAILSCALED, 'restart')}`,
      },
    ];
  }
  if (written || isOutdated(seen)) {
    return [
      {
        summary: `restart ${TAILSCALED}`,
        disruption: PAUSES,
        script: `${reload}${startUnit(TAILSCALED, 'restart')}`,
      },
    ];
  }
  if (fileState === 'enabled') return [];
  return [
    {
      summary: `start ${TAILSCALED} at boot`,
      disruption: NONE,
      script: command('systemctl', 'enable', '--quiet', TAILSCALED),
    },
  ];
}

function planLogin({ context, membership, seen }: Planned): Change[] {
  const { tailnet } = membership;
  const login = loginOf(membership, seen);
  switch (login) {
    case 'joined':
    case 'unknown':
      return [];
    case 'stopped':
      return [
        { summary: `resume ${tailnet.name}, which was switched off`, disruption: NONE, script: RESUME },
      ];
    default: {
      const again = login === 'again' ? ['--force-reauth'] : [];
      const flags = [
        '--reset',
        ...again,
        ...upFlagsOf(membership),
        ...flagsOf(settingsOf(context.node, membership)),
      ];
      return [
        {
          summary:
            login === 'again'
              ? `join ${tailnet.name} anew: its login server or its tags differ`
              : `join ${tailnet.name} at ${tailnet.loginServer}`,
          disruption: login === 'again' ? PAUSES : NONE,
          script: joinWithKeyScript(context.secrets.read(tailnet.authKey), flags),
        },
        // The exit node is known once the node has joined.
        ...(membership.member.exitNode === undefined ? [] : planExit(membership)),
      ];
    }
  }
}

const planExit = ({ member: { exitNode } }: Membership): Change[] => [
  {
    summary: exitNode === undefined ? 'use no exit node' : `reach the internet through ${exitNode}`,
    disruption: { level: 'outage', detail: 'connections to the internet end' },
    script: exitScript(exitNode),
  },
];

/** Only what differs is set: `tailscale up` would want all of it each time. */
function planSettings({ context, membership, seen }: Planned): Change[] {
  const { prefs, status } = seen;
  if (loginOf(membership, seen) !== 'joined' || prefs === undefined || status === undefined) return [];
  const different = settingsOf(context.node, membership).filter((setting) => !setting.isSet(prefs));
  return [
    ...(different.length === 0
      ? []
      : [
          {
            summary: `${membership.tailnet.name}: ${different.map(({ summary }) => summary).join('; ')}`,
            disruption: NONE,
            script: setScript(flagsOf(different)),
          },
        ]),
    ...(hasExit(membership, prefs, status) ? [] : planExit(membership)),
  ];
}

import { fileFact, type SeenFile } from '../../../facts/file.js';
import { LOGIN, type Login } from '../../../facts/login.js';
import { type SeenUnit, unitFact } from '../../../facts/unit.js';
import { inParts, type Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { mustSucceed } from '../../shared/failures.js';
import {
  AUTHORITY_PATH,
  DAEMON_PATH,
  DROP_IN_PATH,
  ENVIRONMENT_PATH,
  FORWARDING_PATH,
  type OwnFile,
  READ_AT_START,
  RECORD_PATH,
  STATE_FILE,
  TAILSCALED,
  UNIT_PATH,
} from '../daemon/paths.js';
import { PREFS, SETTLED_STATUS } from '../live/ask.js';
import type { SeenPrefs } from '../live/prefs.js';
import type { SeenStatus } from '../live/status.js';
import { OWN_LANS, type OwnLan } from '../range/own-lans.js';
import { USES, type Use } from '../range/used.js';

export interface TailscaleSeen {
  /** Whether the publisher's package brought a unit. */
  readonly packaged: boolean;
  /** Whether the node has been in some tailnet before. */
  readonly hasState: boolean;
  readonly unit: SeenUnit;
  readonly files: ReadonlyMap<OwnFile, SeenFile>;
  readonly prefs: SeenPrefs | undefined;
  readonly status: SeenStatus | undefined;
  readonly uses: readonly Use[];
  readonly lans: readonly OwnLan[];
  readonly forwards: ReadonlySet<4 | 6>;
  /** How it was logged into; undefined if not by SSH. */
  readonly login: Login | undefined;
}

const TRAITS: Question<{
  readonly packaged: boolean;
  readonly hasState: boolean;
  readonly forwards: ReadonlySet<4 | 6>;
}> = {
  script: `for file in /usr/lib/systemd/system/${TAILSCALED} /lib/systemd/system/${TAILSCALED}; do
[ ! -e "$file" ] || echo packaged
done
[ ! -s ${quote(STATE_FILE)} ] || echo state
four= six=
read -r four 2>/dev/null </proc/sys/net/ipv4/ip_forward
read -r six 2>/dev/null </proc/sys/net/ipv6/conf/all/forwarding
echo "forwards 4 $four"
echo "forwards 6 $six"`,
  parse: ({ stdout }) => {
    const lines = stdout.split('\n');
    return {
      packaged: lines.includes('packaged'),
      hasState: lines.includes('state'),
      forwards: new Set(([4, 6] as const).filter((family) => lines.includes(`forwards ${family} 1`))),
    };
  },
};

/** What the node has of a tailnet. */
export function tailscaleQuestion(): Question<TailscaleSeen> {
  const parts = inParts({
    traits: TRAITS,
    lans: OWN_LANS,
    uses: USES,
    login: LOGIN,
    status: SETTLED_STATUS,
    prefs: PREFS,
    unitFile: fileFact(UNIT_PATH),
    dropIn: fileFact(DROP_IN_PATH),
    environment: fileFact(ENVIRONMENT_PATH),
    authority: fileFact(AUTHORITY_PATH),
    forwarding: fileFact(FORWARDING_PATH),
    record: fileFact(RECORD_PATH),
    // Last, for it ends the script on a machine without systemd.
    unit: unitFact(TAILSCALED, [...READ_AT_START, DAEMON_PATH]),
  });
  const question: Question<TailscaleSeen> = {
    script: parts.script,
    parse: (reply) => {
      const { traits, unitFile, dropIn, environment, authority, forwarding, record, ...rest } =
        parts.parse(reply);
      return {
        ...traits,
        ...rest,
        files: new Map<OwnFile, SeenFile>([
          [UNIT_PATH, unitFile],
          [DROP_IN_PATH, dropIn],
          [ENVIRONMENT_PATH, environment],
          [AUTHORITY_PATH, authority],
          [FORWARDING_PATH, forwarding],
          [RECORD_PATH, record],
        ]),
      };
    },
  };
  return mustSucceed(question, 'the state of Tailscale');
}

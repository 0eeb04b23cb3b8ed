import { unifiedDiff } from '../../../core/diff.js';
import { holds, type SeenFile, textThere } from '../../../facts/file.js';
import { familyOf } from '../../../model/address.js';
import type { Inventory, Node } from '../../../model/inventory.js';
import { command } from '../../../remote/quote.js';
import { FORWARDING_KEYS } from '../../host/forwarding/switches.js';
import { OVERWRITTEN } from '../../shared/managed.js';
import { writeChange } from '../../shared/write-change.js';
import type { Change } from '../../step.js';
import type { Membership } from '../inventory/members.js';
import {
  AUTHORITY_PATH,
  DROP_IN_PATH,
  ENVIRONMENT_PATH,
  FORWARDING_PATH,
  type OwnFile,
  RECORD_PATH,
  UNIT_PATH,
} from './paths.js';
import { recordOf, recordText } from './record.js';
import { DROP_IN, environmentText, UNIT } from './unit.js';

/** Families in which the node forwards for the tailnet. An exit node's IPv6 is left as it is: with forwarding, a machine may lose the route that its router announces. */
export function forwardedFamilies({ member: { advertises, offersExit } }: Membership): readonly (4 | 6)[] {
  const families = new Set(advertises.map(familyOf));
  if (offersExit) families.add(4);
  return [...families].sort();
}

const forwardingText = (families: readonly (4 | 6)[]): string =>
  `${OVERWRITTEN}\n${families.map((family) => `${FORWARDING_KEYS[family]} = 1`).join('\n')}\n`;

export interface WantedFiles {
  readonly inventory: Inventory;
  readonly node: Node;
  readonly membership: Membership;
  /** Whether the publisher's package brought a unit. */
  readonly packaged: boolean;
  /** Text of the login server's authority. */
  readonly authority: string | undefined;
}

/** What each file is to hold; undefined for one that isn't wanted. */
export function wantedFiles({
  inventory,
  node,
  membership,
  packaged,
  authority,
}: WantedFiles): ReadonlyMap<OwnFile, string | undefined> {
  const { tailnet } = membership;
  const families = forwardedFamilies(membership);
  return new Map<OwnFile, string | undefined>([
    [RECORD_PATH, recordText(recordOf(inventory, tailnet, node))],
    [AUTHORITY_PATH, authority],
    [ENVIRONMENT_PATH, environmentText(tailnet)],
    [UNIT_PATH, packaged ? undefined : UNIT],
    [DROP_IN_PATH, packaged ? DROP_IN : undefined],
    [FORWARDING_PATH, families.length > 0 ? forwardingText(families) : undefined],
  ]);
}

/** Whether a unit in /etc is one of ours, and not what an administrator made of the package's. */
export const isOurUnit = (file: SeenFile): boolean =>
  file.type === 'file' && (file.content ?? '').startsWith(OVERWRITTEN);

/** The files that differ, each as a change, by path. */
export function planFiles(
  wanted: ReadonlyMap<OwnFile, string | undefined>,
  seen: ReadonlyMap<OwnFile, SeenFile>,
): ReadonlyMap<OwnFile, Change> {
  const planned = [...wanted].flatMap(([path, content]): [OwnFile, Change][] => {
    const change = planFile(path, content, seen.get(path) ?? { type: 'absent' });
    return change === undefined ? [] : [[path, change]];
  });
  return new Map(planned);
}

function planFile(path: OwnFile, content: string | undefined, now: SeenFile): Change | undefined {
  if (content === undefined) {
    if (now.type === 'absent' || (path === UNIT_PATH && !isOurUnit(now))) return undefined;
    return {
      summary: `remove ${path}`,
      disruption: { level: 'none' },
      diff: unifiedDiff(textThere(now) ?? '', '', path),
      script: command('rm', '-f', path),
    };
  }
  return holds(now, content) ? undefined : writeChange({ path, content }, textThere(now));
}

export const enableForwardingScript = (families: readonly (4 | 6)[]): string =>
  command('sysctl', '-q', '-w', ...families.map((family) => `${FORWARDING_KEYS[family]}=1`));

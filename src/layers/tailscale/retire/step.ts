import { fileFact, type SeenFile } from '../../../facts/file.js';
import { LOGIN, type Login } from '../../../facts/login.js';
import { inParts } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import type { Retirement } from '../../layer.js';
import { mustSucceed } from '../../shared/failures.js';
import type { Change, StepContext, StepKind } from '../../step.js';
import {
  DROP_IN_FOLDER,
  OWN_FILES,
  RECORD_PATH,
  STATE_FOLDER,
  TAILNET_LINK,
  TAILSCALED,
} from '../daemon/paths.js';
import { isKin, parseRecord, type TailnetRecord } from '../daemon/record.js';
import { membershipOf } from '../inventory/members.js';
import { cutsOwnLogin } from '../steps/own-login.js';
import leaveScript from './leave.sh';

function plan({ inventory, node }: StepContext<unknown>, record: TailnetRecord): Change {
  const known = inventory.tailnets?.some(({ name }) => name === record.network) === true;
  const reason = known
    ? `${node.name} is no longer a member`
    : `the inventory has no network ${record.network} any more`;
  return {
    summary: `leave ${record.network}, stop ${TAILSCALED} and remove what was made for it: ${reason}`,
    disruption: { level: 'outage', detail: `every session over ${TAILNET_LINK} ends` },
    script: `unit=${quote(TAILSCALED)}
state=${quote(STATE_FOLDER)}
drop_ins=${quote(DROP_IN_FOLDER)}
set -- ${command(...OWN_FILES)}
${leaveScript}`,
    touches: {
      files: [...OWN_FILES, STATE_FOLDER],
      units: [TAILSCALED],
      network: true,
    },
    guarded: true,
    retires: record.network,
  };
}

interface Seen {
  readonly record: SeenFile;
  readonly login: Login | undefined;
}

/** The node's record of a tailnet of this inventory of which it is no longer a member. */
function former(
  { inventory, node }: StepContext<unknown>,
  { record: file }: Seen,
): TailnetRecord | undefined {
  const record = file.type === 'file' ? parseRecord(file.content ?? '') : undefined;
  if (record === undefined || !isKin(record, inventory)) return undefined;
  return membershipOf(inventory, node.name) === undefined ? record : undefined;
}

const retireStep: StepKind<unknown, Seen> = {
  kind: 'retire-tailscale',
  schema: { type: 'object' },
  probe: () =>
    mustSucceed(inParts({ login: LOGIN, record: fileFact(RECORD_PATH) }), 'which tailnet the node is in'),
  refuse: (context, seen) => {
    const record = former(context, seen);
    if (record === undefined || seen.login?.device !== TAILNET_LINK) return [];
    return [cutsOwnLogin(context.node, `leaving ${record.network}`)];
  },
  plan: (context, seen) => {
    const record = former(context, seen);
    return record === undefined ? [] : [plan(context, record)];
  },
};

/** Nodes that are in no tailnet any more leave theirs. */
export const retirement: Retirement = {
  kind: retireStep as unknown as StepKind,
  before: 'tailscale',
  params: () => ({}),
};

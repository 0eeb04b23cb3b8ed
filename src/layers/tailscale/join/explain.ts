import type { FragmentReply } from '../../../remote/program.js';
import { explainUnwritable, firstLine } from '../../shared/failures.js';
import type { Explanation } from '../../step.js';
import type { Tailnet } from '../inventory/types.js';

interface Known {
  readonly pattern: RegExp;
  message(tailnet: Tailnet): string;
  fix(tailnet: Tailnet): string;
}

const newKey = (tailnet: Tailnet): string =>
  `make a new one on the login server, reusable if several nodes join with it, put it where ${tailnet.authKey.what} says, and run again`;

/** From the most exact to the vaguest. */
const KNOWN: readonly Known[] = [
  {
    pattern: /^tailscale is not installed$/m,
    message: () => 'tailscale is not installed',
    fix: () =>
      "install it in an earlier step, by `program` or its publisher's package: see docs/tailscale.md",
  },
  {
    pattern: /auth-?key (?:is )?already used|already been used/i,
    message: ({ name }) => `the key for ${name} is used up: it lets one node join, and one has`,
    fix: newKey,
  },
  {
    pattern: /auth-?key (?:has )?expired|key expired/i,
    message: ({ name }) => `the key for ${name} has expired`,
    fix: newKey,
  },
  {
    pattern:
      /invalid (?:pre )?auth-?\s?key|auth-?key not found|invalid key|API key .* (?:not valid|does not exist)|http 401/i,
    message: ({ name, loginServer }) => `${loginServer} doesn't know the key for ${name}`,
    fix: newKey,
  },
  {
    pattern: /requested tags .*(?:invalid|not permitted)/i,
    message: ({ tags, loginServer }) => `${loginServer} doesn't let the node have ${tags.join(', ')}`,
    fix: () => "name the tags in the policy's tagOwners, or make a key with these tags",
  },
  {
    pattern: /certificate signed by unknown authority|x509/i,
    message: ({ loginServer }) => `the certificate of ${loginServer} is not trusted`,
    fix: () => "name the file with its authority's certificate as ca",
  },
  {
    pattern: /NeedsMachineAuth|device approval|admin console/i,
    message: ({ name }) => `the node awaits approval in ${name}`,
    fix: () => 'approve it on the login server and run again, or make a key that needs no approval',
  },
  {
    pattern:
      /timeout waiting for|connection refused|no such host|no route to host|i\/o timeout|unreachable|deadline exceeded/i,
    message: ({ loginServer }) => `${loginServer} does not answer`,
    fix: ({ loginServer }) =>
      `check that it runs, and that the node can reach it: curl -sv ${loginServer}/health`,
  },
];

/** Why tailscale failed, in the user's terms. */
export function explainTailscale(tailnet: Tailnet, reply: FragmentReply): Explanation | undefined {
  const said = `${reply.stderr}\n${reply.stdout}`;
  const known = KNOWN.find(({ pattern }) => pattern.test(said));
  if (known) return { code: 'E_STEP', message: known.message(tailnet), fix: known.fix(tailnet) };
  if (/not (?:offering|advertising|.*exit node)|exit node/i.test(reply.stderr)) {
    return {
      code: 'E_STEP',
      message: firstLine(reply.stderr),
      fix: 'approve the exit node on the login server (headscale nodes approve-routes, or autoApprovers in the policy), and run again',
    };
  }
  return explainUnwritable(reply);
}

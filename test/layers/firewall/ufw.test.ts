import fc from 'fast-check';
import { parseUfw, type UfwRule, type UfwState } from '../../../src/facts/firewall/ufw.js';
import { MARK } from '../../../src/layers/firewall/table/paths.js';
import { planUfw, planUfwRetirement } from '../../../src/layers/firewall/ufw/plan.js';
import { isAllowed, ufwWanted } from '../../../src/layers/firewall/ufw/rules.js';
import type { Opening } from '../../../src/model/inventory.js';
import { both, rule } from './support.js';
import { asWritten, letsIn, statesOf } from './ufw-model.js';

const RANGES = ['0.0.0.0/0', '::/0', '203.0.113.0/24', '203.0.113.64/26', '2001:db8::/32', '10.0.0.7/32'];
const PORTS: readonly Pick<Opening, 'port' | 'toPort'>[] = [
  { port: 22 },
  { port: 2222 },
  { port: 443 },
  { port: 2000, toPort: 3000 },
  { port: 2200, toPort: 2300 },
];

const anOpening = fc
  .record({
    ports: fc.constantFrom(...PORTS),
    protocol: fc.constantFrom('tcp', 'udp'),
    sources: fc.oneof(fc.constant('anyone' as const), fc.subarray(RANGES, { minLength: 1 })),
    device: fc.option(fc.constant('wg0'), { nil: undefined }),
    ssh: fc.constantFrom({}, { isSsh: true as const }),
  })
  .map(
    ({ ports, device, ssh: isSsh, ...rest }): Opening => ({
      node: 'edge',
      because: 'a rule',
      ...ports,
      ...isSsh,
      ...rest,
      ...(device !== undefined && { interface: device }),
    }),
  );
const openings = fc.array(anOpening, { maxLength: 5 });

const stateOf = (rules: readonly UfwRule[], ipv6: boolean, isLoaded: boolean): UfwState => ({
  enabled: true,
  ipv6,
  closes: true,
  rules,
  loaded: new Set(isLoaded ? [4, 6] : []),
});

const rulesFor = (wanted: readonly Opening[], comment: string | undefined, ipv6: boolean): UfwRule[] =>
  ufwWanted(wanted, { ipv6 }).flatMap((one) =>
    one.families.map((family) => ({
      family,
      action: 'allow',
      protocol: one.protocol,
      port: one.port,
      to: family === 4 ? '0.0.0.0/0' : '::/0',
      from: one.from === undefined ? (family === 4 ? '0.0.0.0/0' : '::/0') : asWritten(one.from),
      fromPort: 'any',
      ...(one.interface !== undefined && { interface: one.interface }),
      ...(comment !== undefined && { comment }),
    })),
  );

/** One rule for the same packets is all that UFW keeps. */
const distinct = (rules: readonly UfwRule[]): UfwRule[] => [
  ...new Map(
    rules.map((one) => [`${one.family} ${one.protocol} ${one.port} ${one.from} ${one.interface}`, one]),
  ).values(),
];

/** Rules of ours and of others in UFW, as any two inventories may have left them. */
const aUfw = fc
  .record({ ours: openings, others: openings, ipv6: fc.boolean(), six: fc.boolean(), isLoaded: fc.boolean() })
  .map(({ ours, others, ipv6, six, isLoaded }) => {
    const rules = distinct([...rulesFor(ours, MARK, ipv6), ...rulesFor(others, undefined, ipv6)]);
    return stateOf(six ? rules : rules.filter(({ family }) => family === 4), ipv6, isLoaded);
  });

const foreign = (rules: readonly UfwRule[]): UfwRule[] =>
  rules.filter(({ comment }) => comment === undefined);

it('lets in all that is wanted after any change of the inventory, and what it let in all along', () => {
  fc.assert(
    fc.property(aUfw, openings, (ufw, wantedNow) => {
      const wanted = ufwWanted(wantedNow, ufw);
      const states = statesOf(ufw.rules, planUfw(wanted, ufw, false), ufw.ipv6);
      const last = states.at(-1) ?? [];
      for (const one of wanted) {
        expect(isAllowed(last, one)).toBe(true);
        if (isAllowed(ufw.rules, one)) expect(states.every((rules) => isAllowed(rules, one))).toBe(true);
      }
      expect(foreign(last)).toEqual(foreign(ufw.rules));
      expect(planUfw(wanted, stateOf(last, ufw.ipv6, true), false)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

it('lets in every login that it let in before, once the node is opened again', () => {
  const logins = fc.record({
    from: fc.constantFrom('203.0.113.77', '203.0.113.7', '198.51.100.1', '2001:db8::7', '2001:db9::7'),
    port: fc.constantFrom(22, 2222),
    device: fc.constantFrom('eth0', 'wg0'),
  });
  fc.assert(
    fc.property(aUfw, logins, (ufw, login) => {
      const states = statesOf(ufw.rules, planUfwRetirement(ufw, [22, login.port]), ufw.ipv6);
      const last = states.at(-1) ?? [];
      if (letsIn(ufw.rules, login)) expect(states.every((rules) => letsIn(rules, login))).toBe(true);
      expect(last.filter(({ comment }) => comment === MARK)).toEqual([]);
      for (const one of foreign(ufw.rules)) expect(last).toContainEqual(one);
    }),
    { numRuns: 1000 },
  );
});

const summaries = (rules: readonly UfwRule[], wanted: readonly Opening[]): string[] => {
  const ufw = stateOf(rules, true, true);
  return planUfw(ufwWanted(wanted, ufw), ufw, false).map(({ summary }) => summary);
};
const ssh = (sources: Opening['sources'], port = 22): Opening => ({
  node: 'edge',
  protocol: 'tcp',
  port,
  isSsh: true,
  sources,
  because: 'firewall[0]',
});

it('adds the narrower rule before it deletes the wider one', () => {
  expect(summaries(both({ comment: MARK }), [ssh(['203.0.113.64/26'])])).toEqual([
    'ufw allow proto tcp from 203.0.113.64/26 to any port 22',
    'ufw delete allow proto tcp from any to any port 22',
  ]);
});

it('does not count a range of ours that is about to be deleted', () => {
  expect(summaries(both({ port: '2000:3000', comment: MARK }), [ssh('anyone', 2222)])).toEqual([
    'ufw allow proto tcp from any to any port 2222',
    'ufw delete allow proto tcp from any to any port 2000:3000',
  ]);
});

it('deletes a rule in one family only if the other is still wanted, and adds what only one lacks', () => {
  expect(summaries(both({ comment: MARK }), [ssh(['0.0.0.0/0'])])).toEqual([
    'ufw delete allow proto tcp from ::/0 to any port 22',
  ]);
  expect(summaries([rule()], [ssh('anyone')])).toEqual(['ufw allow proto tcp from ::/0 to any port 22']);
});

it('leaves its IPv4 rules as they are once UFW does without IPv6, whose rules are still in its files', () => {
  const mark = Buffer.from(MARK).toString('hex');
  const ufw = parseUfw(
    `ufw-setting ENABLED=yes
ufw-setting IPV6=no
ufw-rule 4 allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in comment=${mark}
ufw-rule 6 allow tcp 22 ::/0 any ::/0 in comment=${mark}
ufw-loaded 4`
      .split('\n')
      .map((line) => line.split(' ')),
  ) as UfwState;
  expect(planUfw(ufwWanted([ssh('anyone')], ufw), ufw, false)).toEqual([]);
});

it('keeps a range that lets logins in, unless a rule for just their port does', () => {
  const range = both({ port: '2000:3000', comment: MARK });
  const retired = (rules: readonly UfwRule[]): string[] =>
    planUfwRetirement(stateOf(rules, true, true), [2222]).map(({ summary }) => summary);
  expect(retired(range)).toEqual([
    'leave ufw allow proto tcp from any to any port 2000:3000, without which UFW would keep logins out',
  ]);
  expect(retired([...range, ...both({ port: '2222', comment: MARK })])).toEqual([
    'ufw delete allow proto tcp from any to any port 2000:3000',
    'leave ufw allow proto tcp from any to any port 2222, without which UFW would keep logins out',
  ]);
});

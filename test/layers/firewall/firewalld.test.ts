import fc from 'fast-check';
import type { FirewalldState } from '../../../src/facts/firewall/firewalld.js';
import { planFirewalld, planFirewalldRetirement } from '../../../src/layers/firewall/firewalld/plan.js';
import {
  isAllowedByOthers,
  isOurs,
  parseRich,
  type RichWanted,
  richRule,
  zonesWanted,
} from '../../../src/layers/firewall/firewalld/rules.js';
import type { Opening } from '../../../src/model/inventory.js';
import { firewalldState, statesOf, zone } from './firewalld-model.js';

const RANGES = ['0.0.0.0/0', '::/0', '203.0.113.0/24', '2001:db8::/32', '10.0.0.7/32'];
const anOpening = fc
  .record({
    port: fc.constantFrom({ port: 22 }, { port: 443 }, { port: 2000, toPort: 3000 }),
    protocol: fc.constantFrom('tcp', 'udp'),
    sources: fc.oneof(fc.constant('anyone' as const), fc.subarray(RANGES, { minLength: 1 })),
    device: fc.constantFrom(undefined, 'wg0', 'eth0'),
    ssh: fc.constantFrom({}, { isSsh: true as const }),
  })
  .map(
    ({ port, device, ssh, ...rest }): Opening => ({
      node: 'edge',
      because: 'a rule',
      ...port,
      ...ssh,
      ...rest,
      ...(device !== undefined && { interface: device }),
    }),
  );
const openings = fc.array(anOpening, { maxLength: 5 });

const OTHERS = [
  'rule family="ipv4" source address="192.0.2.0/24" reject',
  'rule service name="http" accept',
  'rule family="ipv4" source address="203.0.113.0/24" port port="22" protocol="tcp" accept',
];
const ZONES = [
  zone('public', { services: ['ssh'] }),
  zone('inside', { interfaces: ['wg0'] }),
  zone('office', { sources: ['203.0.113.0/24'] }),
  zone('docker', { interfaces: ['docker0'], target: 'ACCEPT' }),
];

/** firewalld with rules of ours and of others, as any two inventories may have left it, live and permanently. */
const aState = fc
  .record({ live: openings, permanent: openings, others: fc.subarray(OTHERS), services: fc.boolean() })
  .map(({ live, permanent, others, services }): FirewalldState => {
    const plain = ZONES.map((one) => ({ ...one, rules: others, services: services ? one.services : [] }));
    const state = firewalldState(plain);
    const [now, later] = [live, permanent].map((wanted) => {
      const plan = planFirewalld(zonesWanted(wanted, state, []), state);
      return statesOf(state, plan).at(-1) ?? state;
    });
    return { ...state, live: now?.live ?? [], permanent: later?.permanent ?? [] };
  });

const has = (state: FirewalldState, name: string, rule: RichWanted): boolean =>
  [state.live, state.permanent].every((zones) =>
    zones.some((one) => one.name === name && one.rules.includes(richRule(rule))),
  );
const foreign = ({ live, permanent }: FirewalldState): string[][] =>
  [...live, ...permanent].map(({ rules }) => rules.filter((rule) => !isOurs(rule)));

it('has exactly the wanted rules after any change of the inventory, and kept those that it had all along', () => {
  fc.assert(
    fc.property(aState, openings, (state, wantedNow) => {
      const wanted = zonesWanted(wantedNow, state, []);
      const states = statesOf(state, planFirewalld(wanted, state));
      const last = states.at(-1) ?? state;
      for (const { zone: name, rules } of wanted) {
        for (const rule of rules) {
          expect(has(last, name, rule)).toBe(true);
          if (has(state, name, rule)) expect(states.every((one) => has(one, name, rule))).toBe(true);
        }
      }
      const ours = [...last.live, ...last.permanent].flatMap(({ rules }) => rules.filter(isOurs));
      expect(ours).toHaveLength(2 * wanted.flatMap(({ rules }) => rules).length);
      expect(foreign(last)).toEqual(foreign(state));
      expect(planFirewalld(wanted, last)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('lets in every login that it let in before, once the node is opened again', () => {
  const logins = fc.record({
    family: fc.constantFrom(4 as const, 6 as const),
    port: fc.constantFrom(22, 2222),
  });
  fc.assert(
    fc.property(aState, logins, (state, { family, port }) => {
      const from = family === 4 ? '203.0.113.77/32' : '2001:db8::7/128';
      const login: RichWanted = { family, from, protocol: 'tcp', port: `${port}` };
      const lets = ({ live, permanent }: FirewalldState): boolean[] =>
        [...live, ...permanent].map((one) =>
          isAllowedByOthers(
            { ...one, rules: one.rules.map((rule) => rule.replace(/ priority="\d+"/, '')) },
            login,
          ),
        );
      const states = statesOf(state, planFirewalldRetirement(state, [22, port]));
      const last = states.at(-1) ?? state;
      for (const [index, did] of lets(state).entries())
        if (did) expect(states.every((one) => lets(one)[index])).toBe(true);
      expect([...last.live, ...last.permanent].flatMap(({ rules }) => rules.filter(isOurs))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

const ssh: Opening = {
  node: 'edge',
  protocol: 'tcp',
  port: 22,
  isSsh: true,
  sources: 'anyone',
  because: 'login over SSH',
};
const web: Opening = { node: 'edge', protocol: 'tcp', port: 80, sources: ['2001:db8::/32'], because: 'app' };

it('adds SSH first, in one command live and in one permanently, in every zone that packets get into', () => {
  const state = firewalldState(ZONES);
  const [first] = planFirewalld(zonesWanted([web, ssh], state, []), state);
  const rules = `'--add-rich-rule=rule priority="20117" port port="22" protocol="tcp" accept' '--add-rich-rule=rule priority="20117" family="ipv6" source address="2001:db8::/32" port port="80" protocol="tcp" accept' >/dev/null`;
  expect(first?.script).toBe(
    `'firewall-cmd' '--zone=public' ${rules} && 'firewall-cmd' '--permanent' '--zone=public' ${rules}`,
  );
  expect(zonesWanted([ssh], state, []).map(({ zone: name }) => name)).toEqual(['public', 'inside', 'office']);
  expect(zonesWanted([ssh], state, ['docker0']).map(({ zone: name }) => name)).toContain('docker');
});

it('adds what is only open through an interface where its packets get to, and nowhere else', () => {
  const through = (device: string) =>
    zonesWanted([{ ...web, interface: device }], firewalldState(ZONES), []).flatMap(
      ({ zone: name, rules }) => (rules.length > 0 ? [name] : []),
    );
  expect(through('wg0')).toEqual(['inside', 'office']);
  expect(through('wg1')).toEqual(['public', 'office']);
});

it('reloads firewalld if the kernel has lost its rules', () => {
  const state = firewalldState(undefined, { loaded: false });
  expect(planFirewalld([], state).map(({ summary }) => summary)).toEqual([
    'reload firewalld, whose rules the kernel has lost',
  ]);
});

it('repairs all by the reload if the kernel has lost its rules', () => {
  fc.assert(
    fc.property(aState, openings, (before, wantedNow) => {
      const state = { ...before, loaded: false };
      const wanted = zonesWanted(wantedNow, state, []);
      const last = statesOf(state, planFirewalld(wanted, state)).at(-1) ?? state;
      expect(last.live).toEqual(last.permanent);
      expect(planFirewalld(wanted, last)).toEqual([]);
      const opened = statesOf(state, planFirewalldRetirement(state, [22])).at(-1) ?? state;
      expect(opened.permanent.flatMap(({ rules }) => rules.filter(isOurs))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('takes ours from the zones of one that is stopped, but for logins', () => {
  fc.assert(
    fc.property(aState, fc.boolean(), (before, enabled) => {
      const state = { ...before, live: [], loaded: false, running: false, enabled };
      const plan = planFirewalldRetirement(state, [22]);
      const last = statesOf(state, plan).at(-1) ?? state;
      expect(last.permanent.flatMap(({ rules }) => rules.filter(isOurs))).toEqual([]);
      expect(planFirewalldRetirement(last, [22])).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('leaves a zone alone where it is not: only live, or only permanent', () => {
  const side = fc.subarray(['inside', 'office', 'docker']);
  fc.assert(
    fc.property(aState, openings, side, side, (before, wantedNow, offLive, offPermanent) => {
      const state = {
        ...before,
        live: before.live.filter(({ name }) => !offLive.includes(name)),
        permanent: before.permanent.filter(({ name }) => !offPermanent.includes(name)),
      };
      const wanted = zonesWanted(wantedNow, state, []);
      const last = statesOf(state, planFirewalld(wanted, state)).at(-1) ?? state;
      expect(planFirewalld(wanted, last)).toEqual([]);
      statesOf(state, planFirewalldRetirement(state, [22]));
    }),
    { numRuns: 200 },
  );
});

it.each([
  [
    'rule port port="22" protocol="tcp" accept',
    { port: '22', protocol: 'tcp', accepts: true, refuses: false },
  ],
  [
    'rule family="ipv4" source address="192.0.2.7" port port="22" protocol="tcp" reject type="icmp-port-unreachable"',
    { family: 4, from: '192.0.2.7/32', port: '22', protocol: 'tcp', accepts: false, refuses: true },
  ],
  [
    'rule port port="22" protocol="tcp" log prefix="ssh" limit value="3/m" accept',
    { port: '22', protocol: 'tcp', accepts: true, refuses: false },
  ],
  [
    'rule port port="22" protocol="tcp" accept limit value="3/m"',
    { port: '22', protocol: 'tcp', accepts: false, refuses: false },
  ],
  ['rule service name="ssh" reject', undefined],
  ['rule family="ipv4" source NOT address="192.0.2.7" port port="22" protocol="tcp" accept', undefined],
  ['rule family="ipv4" destination address="192.0.2.7" port port="22" protocol="tcp" accept', undefined],
])('reads the rich rule %s', (text, rule) => expect(parseRich(text)).toEqual(rule));

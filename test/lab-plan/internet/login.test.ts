import { headscaleConfig, headscalePolicy, loginRules } from '../../../src/lab/internet/headscale.js';
import { joinKeys } from '../../../src/lab/internet/login.js';
import { trustEnvironment } from '../../../src/lab/internet/trust.js';
import { LabPaths } from '../../../src/lab/names.js';
import { planLab } from '../../../src/lab/topology/lab.js';
import type { LabPlan } from '../../../src/lab/types.js';
import { resolve } from '../../inventory/support.js';

const planOf = (...networks: readonly string[]): LabPlan =>
  planLab(
    resolve(`name: joins
nodes:
  a: { public: [198.51.100.25, "2001:db8:b::25"] }
  b: { public: 198.51.100.26 }
networks:
${networks.map((one) => `  ${one}\n`).join('')}`).inventory,
  );
const AT = ['198.18.0.16', '2001:db8:ffff:16::16'];
const plan = planOf(
  'own: { kind: tailscale, authKey: { env: A }, loginServer: "https://hs.example.com:8443", members: a, tags: [tag:server] }',
  'other: { kind: tailscale, authKey: { env: B }, members: b }',
);
const { login } = plan.internet ?? {};

describe("the lab's login server", () => {
  it('is reached by the names of all login servers, at their ports, from everywhere', () => {
    expect(login).toEqual({
      addresses: AT,
      url: 'https://hs.example.com:8443',
      hosts: ['hs.example.com', 'controlplane.tailscale.com'],
      ports: [8443],
      networks: [
        { name: 'own', tags: ['tag:server'] },
        { name: 'other', tags: [] },
      ],
    });
    const records = plan.internet?.dns.records.map(({ name, answers }) => [name, ...answers]);
    expect(records).toEqual(
      expect.arrayContaining([
        ['hs.example.com', AT[0]],
        ['controlplane.tailscale.com', AT[1]],
      ]),
    );
    expect(plan.namespaces.map(({ name }) => name)).toContain('logins');
    expect(login && loginRules(login)).toContain('tcp dport { 8443 } redirect to :443');
  });

  it('is trusted, and has a key for each network', () => {
    expect(trustEnvironment(plan, new LabPaths('joins'))).toHaveProperty('SSL_CERT_FILE');
    expect(joinKeys({ name: 'joins', plan })).toEqual([
      { network: 'own', file: '/var/lib/bridgehead-lab/joins/laptop/join-keys/own' },
      { network: 'other', file: '/var/lib/bridgehead-lab/joins/laptop/join-keys/other' },
    ]);
  });

  it('keeps networks apart, and approves what their nodes ask for', () => {
    expect(login && JSON.parse(headscalePolicy(login))).toEqual({
      tagOwners: { 'tag:server': ['own@'] },
      acls: [
        { action: 'accept', src: ['own@', 'tag:server'], dst: ['own@:*', 'tag:server:*'] },
        { action: 'accept', src: ['other@'], dst: ['other@:*'] },
      ],
      autoApprovers: {
        routes: {
          '0.0.0.0/0': ['own@', 'tag:server', 'other@'],
          '::/0': ['own@', 'tag:server', 'other@'],
        },
        exitNode: ['own@', 'tag:server', 'other@'],
      },
    });
  });

  it('asks nothing of what is outside of the lab', () => {
    const config = login && headscaleConfig(login, '/run/x');
    expect(config).toContain('"server_url": "https://hs.example.com:8443"');
    expect(config).not.toMatch(/tailscale\.com|github/);
  });

  it.each(['https://198.51.100.25', 'http://hs.example.com', 'https://[2001:db8:b::25]'])(
    'is not there for %s, which a machine of the lab must have',
    (url) => {
      const without = planOf(`own: { kind: tailscale, authKey: { env: A }, loginServer: "${url}" }`);
      expect(without.internet).toBeUndefined();
      expect(without.notes).toContain(
        `network own: the lab has a login server only for https:// and a name, not for ${url}`,
      );
      expect(joinKeys({ name: 'joins', plan: without })).toEqual([]);
    },
  );
});

import { planOwnFile } from '../../../../src/layers/host/forwarding/files.js';
import type { SeenForwarding } from '../../../../src/layers/host/forwarding/live.js';
import { planForwarding } from '../../../../src/layers/host/forwarding/plan.js';

/** A node on which there is nothing yet. */
const BARE: SeenForwarding = {
  files: new Map(),
  units: new Map(),
  others: [],
  sysctls: new Map([['net.ipv4.ip_forward', '0']]),
  wereOn: [],
  staysOn: new Map(),
  closed: new Set(),
  advertisedTo: [],
  acceptRa: new Map(),
  tables: new Map(),
  dropIns: new Map(),
  ufw: { drops: false, ipv6: false, rules: [], lines: [] },
  docker: { 4: { drops: false, rules: [] }, 6: { drops: false, rules: [] } },
};
const WANTED = {
  interface: 'wg0',
  ruleset: 'table inet bridgehead_wg0 {\n}\n',
  keys: ['net.ipv4.ip_forward'],
  passages: [],
  closed: [],
};

it('says of each new file that holds more than settings what it is for', () => {
  const made = planForwarding([WANTED], BARE).flatMap(({ creates }) => creates ?? []);
  expect(made).toEqual([
    {
      path: '/etc/bridgehead/load-forwarding',
      mode: '0644',
      purpose: 'loads the table of an interface, at boot and when it changes',
    },
    {
      path: '/etc/systemd/system/bridgehead-forwarding@.service',
      mode: '0644',
      purpose: 'runs load-forwarding at boot, before the network is up',
    },
    {
      path: '/etc/bridgehead/wg0.nft',
      mode: '0644',
      purpose: 'the nftables table that decides what wg0 forwards',
    },
    { path: '/etc/sysctl.d/99-bridgehead-forwarding-wg0.conf', mode: '0644' },
  ]);
});

it('creates no file that is there', () => {
  const seen = { ...BARE, files: new Map([['/f', { mode: '644 root root', text: 'old\n' }]]) };
  const [change] = planOwnFile({ path: '/f', content: 'new\n', purpose: 'tests' }, seen);
  expect(change?.creates).toBeUndefined();
});

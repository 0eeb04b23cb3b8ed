import { refuseHeld } from '../../../../src/layers/edge/relays/holders.js';
import {
  packagesOf,
  planPackages,
  planProgram,
  planRemovals,
} from '../../../../src/layers/edge/relays/plan-programs.js';
import type { SeenRelays } from '../../../../src/layers/edge/relays/seen.js';
import { type Program, programsOf } from '../../../../src/layers/edge/relays/units.js';
import { relayedAt } from '../../../../src/layers/edge/relays/wanted.js';
import { relaysStep } from '../../../../src/layers/edge/steps/relays.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { NOTHING_PASSED } from '../../../fixtures/nothing-passed.js';
import { NO_FACTS } from '../../../support/step-context.js';
import { contextOn } from '../proxy/seen-proxy.js';

const inventory = await hybridEdge();
const relayed = relayedAt(inventory, NO_FACTS, 'home-1');
const [vault] = programsOf(relayed) as [Program];
const SOCKET = 'bridgehead-app-vault.socket';
const SERVICE = 'bridgehead-app-vault.service';

const NOTHING: SeenRelays = { files: new Map(), units: new Map(), programs: new Set(), sockets: [] };
const RUNNING: SeenRelays = {
  ...NOTHING,
  files: new Map([...vault.files].map(([path, text]) => [path, { mode: '644 root root', text }])),
  units: new Map([
    [SOCKET, { active: 'active', enabled: true }],
    [SERVICE, { active: 'active', enabled: false }],
  ]),
};

describe('the relay of an app', () => {
  it('is written and started if it isn’t there, and left alone if it is', () => {
    const [change, ...others] = planProgram(vault, NOTHING);
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      summary: 'relay port 29787 to 127.0.0.1:8000 by socket-proxyd, for app vault',
      disruption: { level: 'none' },
    });
    expect(change?.script).toMatch(
      /&& systemctl daemon-reload && 'systemctl' 'enable' '--quiet' 'bridgehead-app-vault\.socket' && \{ 'systemctl' 'start'/,
    );
    expect(planProgram(vault, RUNNING)).toEqual([]);
  });

  it('is stopped before it listens elsewhere: the socket first', () => {
    const files = new Map(RUNNING.files).set(`/etc/systemd/system/${SOCKET}`, {
      mode: '644 root root',
      text: 'x',
    });
    const [change] = planProgram(vault, { ...RUNNING, files });
    expect(change?.script).toContain(
      `&& 'systemctl' 'stop' '${SOCKET}' '${SERVICE}' && systemctl daemon-reload`,
    );
    expect(change?.disruption).toEqual({ level: 'brief', detail: 'connections to app vault end' });
  });

  it('is started again if its socket is not listening, or not at boot', () => {
    const off = (active: string, enabled: boolean) =>
      planProgram(vault, { ...RUNNING, units: new Map(RUNNING.units).set(SOCKET, { active, enabled }) });
    expect(
      [off('failed', true), off('inactive', true), off('active', false)].map(({ length }) => length),
    ).toEqual([1, 1, 1]);
    expect(off('active', false)[0]?.script).not.toContain("'stop'");
  });

  it('is removed with its units and files if no app wants it, and no other app’s', () => {
    const left = new Map(RUNNING.files)
      .set('/etc/systemd/system/bridgehead-app-old.socket', { mode: '', text: '' })
      .set('/etc/bridgehead/apps/old.haproxy', { mode: '', text: '' });
    const units = new Map(RUNNING.units).set('bridgehead-app-old.socket', {
      active: 'failed',
      enabled: true,
    });
    expect(planRemovals([vault], { ...RUNNING, files: left, units }).map(({ script }) => script)).toEqual([
      "'systemctl' 'reset-failed' 'bridgehead-app-old.socket' && 'systemctl' 'disable' '--quiet' 'bridgehead-app-old.socket' && 'rm' '-f' '/etc/systemd/system/bridgehead-app-old.socket' '/etc/bridgehead/apps/old.haproxy' && systemctl daemon-reload",
    ]);
    expect(planRemovals([vault], RUNNING)).toEqual([]);
  });

  it('has the packages installed that it needs', () => {
    const socat = { ...vault, app: { ...vault.app, relay: 'socat' as const } };
    expect(packagesOf([vault, socat])).toEqual(['socat']);
    expect(planPackages(['nftables', 'socat'], { ...NOTHING, programs: new Set(['nft']) })).toMatchObject([
      { summary: 'install socat' },
    ]);
  });
});

describe('the table', () => {
  const NODE = { ...contextOn(inventory, 'home-1'), params: {} };
  const changesOn = (
    relays: Partial<SeenRelays>,
    forwarding: Partial<typeof NOTHING_PASSED> = {},
    only?: string,
  ) => {
    const apps = inventory.apps.filter(({ name }) => only === undefined || name === only);
    const context = { ...NODE, inventory: { ...inventory, apps } };
    const seen = {
      relays: { ...NOTHING, ...relays },
      forwarding: { ...NOTHING_PASSED, ...forwarding },
    };
    return relaysStep.plan(context, seen, NO_FACTS);
  };
  const planOn = (...how: Parameters<typeof changesOn>) => changesOn(...how).map(({ summary }) => summary);

  it('is there before a program that it keeps others from, with nftables, and forwards nothing for it', () => {
    const summaries = planOn({}, {}, 'vault');
    expect(summaries).toContain('install nftables');
    const order = [
      'write /etc/bridgehead/apps.nft',
      'load table inet bridgehead_apps',
      'relay port 29787',
    ].map((start) => summaries.findIndex((summary) => summary.startsWith(start)));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(summaries.join()).not.toContain('ip_forward');
  });

  it('says what it ends on a node that forwards already, once', () => {
    const loads = (forwarding: Partial<typeof NOTHING_PASSED>) =>
      changesOn({}, forwarding)
        .filter(({ summary }) => summary.startsWith('load table'))
        .map(({ disruption }) => disruption);
    const wereOn = ['net.ipv4.ip_forward'];
    const sysctls = new Map([['net.ipv4.ip_forward', '1']]);
    expect(loads({ sysctls, wereOn })).toEqual([
      {
        level: 'outage',
        detail:
          'what home-1 has forwarded into wg0 or from it for other machines ends; its own containers and guests may still send into it',
      },
    ]);
    const live = 'table inet bridgehead_apps {\n\tchain forward {\n\t}\n}';
    for (const forwarding of [{}, { sysctls, wereOn, tables: new Map([['apps', { live }]]) }])
      expect(loads(forwarding)).toEqual([{ level: 'none' }]);
  });

  it('stops forwarding if what it is still for doesn’t need that', () => {
    const settings = '/etc/sysctl.d/99-bridgehead-forwarding-apps.conf';
    const files = new Map([
      [settings, { mode: '644 root root', text: '# Managed\nnet.ipv4.ip_forward = 1\n' }],
    ]);
    const stop = /^stop forwarding for apps, and turn forwarding off unless something else here may need it$/;
    const summaries = planOn(RUNNING, { files }, 'vault');
    const [stopped, written] = [stop, /^write .*apps\.nft/].map((what) =>
      summaries.findIndex((summary) => what.test(summary)),
    );
    expect(stopped).toBeGreaterThanOrEqual(0);
    expect(written).toBeGreaterThan(stopped ?? 0);
    expect(planOn(RUNNING, { files }).filter((summary) => stop.test(summary))).toEqual([]);
    const nothingSet = new Map([[settings, { mode: '644 root root', text: '# Managed\n' }]]);
    expect(planOn(RUNNING, { files: nothingSet }, 'vault').filter((summary) => stop.test(summary))).toEqual(
      [],
    );
  });
});

describe('whose the relays of a node are', () => {
  const plan = (apps: typeof inventory.apps, owner?: string) => {
    const context = { ...contextOn({ ...inventory, apps }, 'home-1'), params: {} };
    const relays = { ...RUNNING, ...(owner !== undefined && { owner }) };
    const seen = { relays, forwarding: NOTHING_PASSED };
    return {
      summaries: relaysStep.plan(context, seen, NO_FACTS).map(({ summary }) => summary),
      refusals: relaysStep.refuse?.(context, seen, NO_FACTS) ?? [],
    };
  };
  const NOTE = 'note in /etc/bridgehead/apps/inventory whose relays these are';

  it('is noted with the first, and no longer with the last', () => {
    expect(plan(inventory.apps).summaries[0]).toBe(NOTE);
    expect(plan(inventory.apps, inventory.name).summaries).not.toContain(NOTE);
    const { summaries, refusals } = plan([], inventory.name);
    expect(summaries[0]).toBe('remove /etc/bridgehead/apps/inventory');
    expect(summaries.length).toBeGreaterThan(1);
    expect(refusals).toEqual([]);
  });

  it("is respected: another inventory's are left alone, and refused if there are to be some of this one", () => {
    expect(plan([], 'other')).toEqual({ summaries: [], refusals: [] });
    expect(plan(inventory.apps, 'other').refusals).toEqual([
      {
        code: 'E_NOT_OURS',
        message: 'the relays on home-1 are those of inventory other',
        fix: 'remove the apps on home-1 from one of the two inventories; if it is other, apply that one first',
      },
    ]);
  });
});

describe('a port that somebody else has', () => {
  const socket = (address: string, port: number, rest: object = {}) => ({
    protocol: 'tcp' as const,
    address,
    port,
    ...rest,
  });

  it('is refused with who it is, and a port that is free', () => {
    const sockets = [
      socket('0.0.0.0', 27_524, { pid: '321', program: 'nginx', unit: 'nginx.service' }),
      socket('127.0.0.1', 26_119, { pid: '5', program: 'other' }),
      socket('*', 27_525),
      socket('fd42:88::10', 29_787, { pid: '1', program: 'systemd', unit: 'cups.socket' }),
    ];
    expect(refuseHeld('home-1', relayed, { ...NOTHING, sockets })).toEqual([
      {
        code: 'E_NOT_OURS',
        message: '27524/tcp of home-1, the port of app photos, is held by nginx (pid 321) of nginx.service',
        fix: 'give the app another, such as "port: 27526", or stop nginx.service',
      },
      {
        code: 'E_NOT_OURS',
        message: '29787/tcp of home-1, the port of app vault, is held by cups.socket',
        fix: 'give the app another, such as "port: 29788", or stop cups.socket',
      },
    ]);
  });

  it('is no stranger’s if it is a relay of ours', () => {
    const sockets = [socket('10.88.0.10', 29_787, { pid: '1', program: 'systemd', unit: SOCKET })];
    expect(refuseHeld('home-1', relayed, { ...NOTHING, sockets })).toEqual([]);
  });
});

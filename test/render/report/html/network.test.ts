import { placesOf } from '../../../../src/render/report/html/network/boxes.js';
import {
  narrowLayout,
  type PlacedBox,
  wideLayout,
} from '../../../../src/render/report/html/network/layout.js';
import { linksOf } from '../../../../src/render/report/html/network/links.js';
import { htmlReport } from '../../../../src/render/report/html/page.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import { overviewOf } from '../../../../src/runner/events/overview.js';
import { homeMesh } from '../../../fixtures/home-mesh-inventory.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import { pairRun } from '../../../support/report-events.js';

const home = overviewOf(homeMesh);
const phones = overviewOf((await phoneHome()).inventory);

it('has the tunnels of a mesh with what the gates measured in either direction', () => {
  const links = linksOf(reportOf(pairRun(['wk-1 ms-1'])), home);
  expect(links).toHaveLength(6);
  expect(links.filter(({ state }) => state !== 'go')).toEqual([
    { from: 'ms-1', to: 'wk-1', state: 'stop', stopped: ['ping every pair'] },
  ]);
});

it('takes no link for measured by what is configured alone', () => {
  const report = reportOf(pairRun());
  const phases = report.phases.map((phase) => ({
    ...phase,
    gates: phase.gates.map((gate) => ({
      ...gate,
      findings: gate.findings.map(({ pair, ...finding }) => finding),
    })),
  }));
  expect(new Set(linksOf({ ...report, phases }, home).map(({ state }) => state))).toEqual(
    new Set(['unmeasured']),
  );
});

it('has the tunnels of a hub to its spokes and clients, and pairs without a tunnel only where they are cut', () => {
  const ends = (run: ReturnType<typeof pairRun>) =>
    linksOf(reportOf(run), phones).filter(({ state }) => state !== 'unmeasured');
  const tunnels = linksOf(reportOf(pairRun().slice(0, 1)), phones);
  const [hub] = phones.networks[0]?.hubs ?? [];
  expect(tunnels.length).toBeGreaterThan(1);
  expect(tunnels.every(({ from, to }) => from === hub || to === hub)).toBe(true);
  expect(tunnels.every(({ state }) => state === 'unmeasured')).toBe(true);
  expect(ends(pairRun(['wk-1 wk-2'])).filter(({ state }) => state === 'stop')).toHaveLength(1);
});

it('says at each node what the site and the network have it do', () => {
  const { outside, sites } = placesOf(home);
  expect(outside.map(({ title }) => title)).toEqual(['ctb-edge-1']);
  expect(sites[0]).toMatchObject({
    title: 'home: LAN 192.168.15.0/24',
    lines: ['NAT behind 203.0.113.10'],
  });
  expect(sites[0]?.boxes[0]?.lines).toEqual(
    expect.arrayContaining(['192.168.15.2', "router's udp 51821 → 51820"]),
  );
  const hub = [...placesOf(phones).outside, ...placesOf(phones).sites.flatMap(({ boxes }) => boxes)];
  expect(hub.flatMap(({ lines }) => lines).some((line) => line.startsWith('hub of '))).toBe(true);
  expect(hub.some(({ isClient }) => isClient)).toBe(true);
});

const overlaps = (a: PlacedBox, b: PlacedBox): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each([
  ['the home mesh', home],
  ['phones at home', phones],
])('%s', (_name, overview) => {
  const { outside, sites } = placesOf(overview);
  it.each([
    ['wide', wideLayout(outside, sites, 1040), 1040],
    ['narrow', narrowLayout(outside, sites, 340), 340],
  ])(
    'laid out %s has no box on another or beyond the edge',
    (_kind, { boxes, frames, width, height }, most) => {
      expect(width).toBeLessThanOrEqual(most);
      for (const one of [...boxes, ...frames]) {
        expect(one.x).toBeGreaterThanOrEqual(0);
        expect(one.x + one.width).toBeLessThanOrEqual(width);
        expect(one.y + one.height).toBeLessThanOrEqual(height);
      }
      const pairs = boxes.flatMap((a, index) => boxes.slice(index + 1).map((b) => [a, b] as const));
      expect(pairs.filter(([a, b]) => overlaps(a, b))).toEqual([]);
    },
  );
});

it('marks a link that stopped by more than its colour, and says so in words', () => {
  const text = htmlReport(reportOf(pairRun(['wk-1 ms-1'])));
  expect(text.match(/class="cross"/g)).toHaveLength(2);
  expect(text).toContain('<li>ms-1 &ndash; wk-1: STOP in ping every pair</li>');
  expect(text).toContain('<p>5 of 6 links GO.</p>');
  expect(htmlReport(reportOf(pairRun()))).not.toContain('class="cross"');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { htmlReport } from '../../../../src/render/report/html/page.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import type { RunEvent, StampedEvent } from '../../../../src/runner/events/events.js';
import { overviewOf } from '../../../../src/runner/events/overview.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import {
  axeFaultsOf,
  faultsOf,
  type Opened,
  openFile,
  SCREENS,
  type Screen,
  showOn,
  startBrowser,
  tabThrough,
} from '../../../support/browser/browser.js';
import { PLAN_RUN, stamp } from '../../../support/events.js';
import { homeStart, pairRun } from '../../../support/report-events.js';
import { crowdedRun } from '../../../support/reports/crowded-run.js';

const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-pages-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
}, 2 * MINUTE);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
}, MINUTE);

const phones = overviewOf((await phoneHome()).inventory);

const RUNS: Readonly<Record<string, readonly StampedEvent[]>> = {
  GO: pairRun(),
  STOP: pairRun(['ms-1 wk-1', 'ctb-edge-1 ms-1']),
  PLAN: stamp([{ ...homeStart('plan'), overview: phones } as RunEvent, ...PLAN_RUN.slice(1)]),
  'STOP of 16 nodes': crowdedRun(16),
  'STOP of 40 nodes': crowdedRun(40),
};
const SMALL = ['GO', 'STOP', 'PLAN'];

const htmlOf = (run: string): string => htmlReport(reportOf(RUNS[run] ?? []));

/** A page of its own, as of a file that was just opened. */
async function opened(text: string, screen: Screen = PHONE): Promise<Opened> {
  const file = join(mkdtempSync(join(folder, 'page-')), 'run.html');
  writeFileSync(file, text);
  const page = await openFile(browser, file);
  await showOn(page, screen);
  return page;
}

const PHONE: Screen = { width: 375, colours: 'dark' };

describe.each(SMALL)('the page of a %s', (run) => {
  let page: Opened;
  beforeAll(async () => {
    page = await opened(htmlOf(run));
  }, MINUTE);
  afterAll(() => page.page.close());

  it(
    'is reached by Tab, all of it, and one sees where one is',
    async () => {
      const { wanted, reached } = await tabThrough(page);
      expect(wanted.length).toBeGreaterThan(5);
      expect(reached.map(({ index }) => wanted[index])).toEqual(wanted);
      expect(reached.filter(({ isVisible }) => !isVisible)).toEqual([]);
    },
    MINUTE,
  );

  it.each(SCREENS)(
    'fits a screen of $width, $colours, loads nothing, and axe finds nothing',
    async (screen) => {
      await showOn(page, screen);
      expect(await faultsOf(page)).toEqual([]);
      expect(await axeFaultsOf(page)).toEqual([]);
    },
    MINUTE,
  );
});

it.each(['STOP of 16 nodes', 'STOP of 40 nodes'])(
  'the page of a %s, with long names, fits, and nothing in its drawing overlaps',
  async (run) => {
    const page = await opened(htmlOf(run));
    for (const screen of SCREENS.filter(({ colours }) => colours === 'light')) {
      await showOn(page, screen);
      expect(await faultsOf(page)).toEqual([]);
    }
  },
  MINUTE,
);

it(
  'what is folded opens by Enter, and the first link skips to the content',
  async () => {
    const { page } = await opened(htmlOf('GO'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.locator('details:not([open]) > summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.parentElement.open')).toBe(true);
  },
  MINUTE,
);

it(
  'what is wrong is noticed',
  async () => {
    const spoiler = `<img src="https://example.invalid/x.png"><p style="color: #999">faint</p>
<table><tr><td><svg width="3000" height="9"></svg></td></tr></table>
<svg class="network"><text x="9" y="9">one</text><text x="12" y="9">two</text></svg>`;
    const page = await opened(htmlOf('GO').replace('</main>', `${spoiler}</main>`));
    expect(await faultsOf(page)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^prints .*example\.invalid.*Content Security Policy/),
        expect.stringMatching(/^prints .*inline style/),
        expect.stringMatching(/^the page is \d+ wide in 375$/),
        'text "one" and text "two" overlap',
      ]),
    );
    expect(await axeFaultsOf(page)).toContainEqual(expect.stringMatching(/^image-alt:/));
  },
  MINUTE,
);

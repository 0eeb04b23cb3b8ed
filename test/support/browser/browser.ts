import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { which } from 'zx';

/** Chromium, as Debian has it; `scripts/test-tools.js` installs it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: which.sync('chromium'),
    chromiumSandbox: false,
    timeout: 120_000,
    args: ['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
  });

export interface Screen {
  readonly width: number;
  readonly colours: 'light' | 'dark';
}

export const SCREENS: readonly Screen[] = [375, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colours) => ({ width, colours })),
);

/** A page that was opened from a file. */
export interface Opened {
  readonly page: Page;
  /** Addresses that it asked for beside its own, and what it printed on the console. */
  readonly said: readonly string[];
}

export async function openFile(browser: Browser, file: string): Promise<Opened> {
  const page = await browser.newPage();
  const address = `file://${file}`;
  const said: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== address) said.push(`asks for ${request.url()}`);
  });
  page.on('console', (message) => said.push(`prints ${message.text()}`));
  page.on('pageerror', (error) => said.push(`fails with ${error.message}`));
  await page.goto(address);
  await page.evaluate(readFileSync('test/support/browser/in-page.js', 'utf8'));
  return { page, said };
}

/** Shows the page as on this screen. */
export async function showOn({ page }: Opened, { width, colours }: Screen): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: colours });
}

/** What is wrong with how the page looks with all of it unfolded, and what it asked for or printed. */
export async function faultsOf({ page, said }: Opened): Promise<string[]> {
  await page.evaluate('inPage.openAll()');
  const looks = (await page.evaluate('[...inPage.sticksOut(), ...inPage.clashes()]')) as string[];
  return [...said, ...looks];
}

/** What axe finds in the page as it is. */
export async function axeFaultsOf({ page }: Opened): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] })`,
  )) as axe.AxeResults;
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

interface Focus {
  readonly index: number;
  readonly name: string;
  readonly isVisible: boolean;
}

/** What Tab reaches from the top of the page on, until it leaves it. */
export async function tabThrough({ page }: Opened): Promise<{ wanted: string[]; reached: Focus[] }> {
  const wanted = (await page.evaluate('inPage.interactive()')) as string[];
  const reached: Focus[] = [];
  while (reached.length <= wanted.length) {
    await page.keyboard.press('Tab');
    const focus = (await page.evaluate('inPage.focused()')) as Focus;
    if (focus.index === -1 || focus.index === reached[0]?.index) break;
    reached.push(focus);
  }
  return { wanted, reached };
}

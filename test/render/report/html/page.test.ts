import { createHash } from 'node:crypto';
import { htmlReport } from '../../../../src/render/report/html/page.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import {
  DECLINED_RUN,
  GO_RUN,
  PLAN_RUN,
  planned,
  read,
  stamp,
  started,
  UNCHANGED_RUN,
  UNREACHABLE_RUN,
} from '../../../support/events.js';
import { EVERY_RUN, homeStart, pairRun } from '../../../support/report-events.js';

const page = (events: Parameters<typeof reportOf>[0]): string => htmlReport(reportOf(events));

/** Elements in the order in which they begin, and whether each ends where it should. */
function outline(text: string): { readonly names: string[]; readonly open: string[] } {
  const names: string[] = [];
  const open: string[] = [];
  for (const [, end, name = '', , self] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s+[^<>]*?)?)(\/?)>/g)) {
    if (end === '/') {
      if (open.at(-1) !== name) return { names, open: [...open, `/${name}`] };
      open.pop();
    } else {
      names.push(name);
      if (self !== '/' && name !== 'meta') open.push(name);
    }
  }
  return { names, open };
}

const ELEMENTS = new Set(
  (
    'html head meta title style body a header p strong time h1 span nav ul li main section h2 h3 article code table ' +
    'caption thead tr th tbody td pre div figure figcaption svg rect line text g path circle details summary dl dt dd'
  ).split(' '),
);

describe.each(EVERY_RUN)('the page of %j', (_what, events) => {
  const text = page(events);

  it('has only elements of ours, each of which ends', () => {
    const { names, open } = outline(text);
    expect(open).toEqual([]);
    expect(names.filter((name) => !ELEMENTS.has(name))).toEqual([]);
  });

  it('refers to nothing but its own sections', () => {
    const bare = text.replaceAll(/"[^"]*"/g, '""');
    expect(bare).not.toMatch(/<[^>]*\s(?:src|srcset|xlink:href|on\w+|style|action|data|poster)\s*=/i);
    expect(text).not.toMatch(/url\(|@import/);
    const targets = [...text.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, target = '']) => target);
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => `#${id}`);
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has headings that skip no level, and names for its tables', () => {
    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level, index) => index > 0 && level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    expect(text.match(/<table/g)?.length ?? 0).toBe(text.match(/<table[^>]*>\s*<caption/g)?.length ?? 0);
    expect(text).not.toMatch(/<th(?![^>]*scope=)[\s>](?!ead)/);
  });

  it('holds no control characters or marks that reverse text', () => {
    expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  });
});

it('allows exactly its own style, and nothing else', () => {
  const text = page(GO_RUN);
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(style).toContain('prefers-color-scheme:dark'.replace(':', ': '));
  expect(text).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">`,
  );
});

it('has the verdict and, of a STOP, the fix and the evidence before everything else', () => {
  const text = page(pairRun(['ms-1 wk-1']));
  const order = [
    '<h1><span class="verdict bad">STOP</span> <span>at verify / ping every pair</span></h1>',
    '<h2 id="why-title">Why it is not GO</h2>',
    '<strong>Fix:</strong> check the forward to wk-1',
    '0 of 12 packets came back',
    '<h2 id="network-title">Network</h2>',
    '<h2 id="pairs-title">',
    '<h2 id="phases-title">',
    '<h2 id="changes-title">',
    '<h2 id="gates-title">',
    '<h2 id="run-title">',
  ].map((part) => text.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
});

it('does not show a plan that was declined as GO', () => {
  const text = page(DECLINED_RUN);
  expect(text).toContain('<h1><span class="verdict warn">DECLINED</span></h1>');
  expect(text).not.toContain('Why it is not GO');
});

it('has the pairs as a table in which shades follow the numbers', () => {
  const text = page(pairRun(['ms-1 wk-1']));
  const [, table = ''] =
    /<caption>ping every pair, ms: 11 of 12 pairs GO<\/caption>([\s\S]*?)<\/table>/.exec(text) ?? [];
  expect(table).toContain('<td class="stop">STOP</td>');
  expect(table).toContain('<td class="heat-0">0.5</td>');
  expect(table).toContain('<td class="heat-4">12</td>');
});

it('has the changes of a plan before the network', () => {
  const text = page(stamp([homeStart('plan'), ...PLAN_RUN.slice(1)]));
  expect(text.indexOf('<h2 id="changes-title">')).toBeLessThan(text.indexOf('<h2 id="network-title">'));
  expect(text).toContain('<p>6 links, not measured.</p>');
});

it('has each diff once for all nodes that have the same', () => {
  const text = page(PLAN_RUN);
  expect(text).toContain('<span class="removed">-MTU = 1500</span>\n<span class="added">+MTU = 1420</span>');
  expect(text).not.toContain('id="network"');
  expect(text).not.toContain('id="gates"');
});

it('folds the pairs of a network that is too large for a table', () => {
  const [start, ...rest] = pairRun();
  const nodes = Array.from({ length: 41 }, (_, index) => `n-${index}`);
  const findings = nodes.flatMap((node) =>
    nodes
      .filter((peer) => peer !== node)
      .map((peer) => ({
        go: true,
        node,
        peer,
        expected: 'an answer',
        seen: '1 ms',
        pair: { network: 'mesh', unit: 'ms' as const, value: 1 },
      })),
  );
  const text = page(
    [start, ...rest].flatMap((event) =>
      event === undefined ? [] : [event.type === 'gate-ended' ? { ...event, findings } : event],
    ),
  );
  expect(text).toContain('1640 of 1640 pairs GO, 1.0 ms');
  expect(text).not.toContain('class="heat"');
});

it.each<[string, Parameters<typeof reportOf>[0], string]>([
  ['an apply that found everything as wanted', UNCHANGED_RUN, 'Nothing to change.'],
  ['an apply that reached no node', UNREACHABLE_RUN, 'No plan was made.'],
  ['a plan that did not end', PLAN_RUN.slice(0, 1), 'No plan was made.'],
  [
    'an apply that was killed as it read',
    stamp([started('apply'), ...read(), planned('tunnel', 's', 'wk-1', [])]),
    'No change was planned.',
  ],
])('says of %s what was planned', (_what, events, text) => {
  expect(page(events)).toContain(`<p>${text}</p>`);
});

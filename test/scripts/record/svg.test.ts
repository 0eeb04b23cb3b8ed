import { readFileSync } from 'node:fs';
import { problemsOf } from '../../../scripts/record/check.js';
import { framesOf } from '../../../scripts/record/frames.js';
import { svgOf } from '../../../scripts/record/svg.js';

const svg = svgOf({
  title: 'apply <here>',
  description: 'GO & on',
  columns: 20,
  rows: 3,
  frames: framesOf(
    [
      { at: 0, screen: '$ apply -i "a<b"', reading: 1000 },
      {
        at: 100,
        screen: '\u001b[32m✔\u001b[39m read   \n\n  \u001b[1m\u001b[90m1\u001b[0m & 2',
        reading: 3000,
      },
    ],
    { most: 9, longest: 1000 },
  ),
});

it('has the lines of each frame as text in their columns', () => {
  expect(svg.slice(svg.indexOf('<rect'))).toBe(
    `<rect class="window" x=".5" y=".5" width="195" height="78" rx="8"/>
<g class="f f0">
<text xml:space="preserve" x="14" y="28" textLength="134.4">$ apply -i "a&lt;b"</text>
</g>
<g class="f f1">
<text xml:space="preserve" x="14" y="28" textLength="50.4"><tspan class="c2">✔</tspan> read</text>
<text xml:space="preserve" x="14" y="62" textLength="58.8">  <tspan class="c7 b">1</tspan> &amp; 2</text>
</g>
</svg>
`,
  );
});

it('says what it shows', () => {
  expect(svg).toContain('role="img" aria-labelledby="title desc"');
  expect(svg).toContain('<title id="title">apply &lt;here&gt;</title>\n<desc id="desc">GO &amp; on</desc>');
});

it('passes once, and shows the last frame to those who want no motion', () => {
  expect(svg).toContain(
    '.f{visibility:hidden}.f1{visibility:visible}\n@media (prefers-reduced-motion:no-preference){',
  );
  expect(svg).toContain('.f{animation:4s step-end both}');
  expect(svg).toContain('@keyframes f0{0%{visibility:visible}25%{visibility:hidden}}');
  expect(svg).toContain('@keyframes f1{0%{visibility:hidden}25%{visibility:visible}}');
});

it('is in the README without anything that belongs to one machine', () => {
  expect(readFileSync('README.md', 'utf8')).toContain('](docs/screens/apply.svg)');
  expect(problemsOf(readFileSync('docs/screens/apply.svg', 'utf8'))).toEqual([]);
});

it('is refused with what belongs to one machine, or is too much', () => {
  expect(problemsOf(svg)).toEqual([]);
  expect(problemsOf('192.168.15.1 172.27.15.1 198.51.100.25 203.0.113.10 1.420.0.1')).toEqual([]);
  expect(problemsOf('8.8.8.8 at 8.8.8.8')).toEqual(['8.8.8.8 is not an address for documentation']);
  expect(problemsOf(`cd ${process.cwd()}/docs`)).toEqual([`${process.cwd()} is a path of this machine`]);
  expect(problemsOf('<image href="x.png"/>')).toEqual(['it needs something else to be shown']);
  expect(problemsOf('é'.repeat(30_001))).toEqual(['it has 60002 bytes; 60000 at most']);
});

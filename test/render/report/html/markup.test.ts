import { html, trusted } from '../../../../src/render/report/html/markup.js';

it('escapes whatever is put into it, in text and attributes', () => {
  expect(html`<a title="${`"><script>&'`}">${'<b>'}</a>`.text).toBe(
    '<a title="&quot;&gt;&lt;script&gt;&amp;&#39;">&lt;b&gt;</a>',
  );
});

it('keeps markup, joins lists, and leaves out what is not there', () => {
  const items = ['<1>', '2'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${3}${trusted('<br>')}`.text).toBe(
    '<ul><li>&lt;1&gt;</li><li>2</li></ul>3<br>',
  );
});

import { parseScreen } from '../../../scripts/record/ansi.js';

const ESC = '\u001b';

it('splits lines where the look changes, and keeps the look across lines', () => {
  expect(parseScreen(`${ESC}[32m✔${ESC}[39m read\n${ESC}[1m${ESC}[91mStop\nit${ESC}[0m now`)).toEqual([
    [
      { text: '✔', style: { colour: 2 } },
      { text: ' read', style: {} },
    ],
    [{ text: 'Stop', style: { bold: true, colour: 9 } }],
    [
      { text: 'it', style: { bold: true, colour: 9 } },
      { text: ' now', style: {} },
    ],
  ]);
});

it('ends one attribute without the others', () => {
  const [line] = parseScreen(`${ESC}[1;4;36ma${ESC}[22mb${ESC}[2mc${ESC}[24md${ESC}[39me`);
  expect(line?.map(({ style }) => style)).toEqual([
    { bold: true, underlined: true, colour: 6 },
    { underlined: true, colour: 6 },
    { underlined: true, colour: 6, faint: true },
    { colour: 6, faint: true },
    { faint: true },
  ]);
});

it('takes no notice of a return to the usual background', () => {
  expect(parseScreen(`${ESC}[32ma${ESC}[39m${ESC}[49mb`)).toEqual([
    [
      { text: 'a', style: { colour: 2 } },
      { text: 'b', style: {} },
    ],
  ]);
});

it('refuses what a recording would lose', () => {
  expect(() => parseScreen(`${ESC}[7mreversed`)).toThrow('the screen has the attribute 7');
});

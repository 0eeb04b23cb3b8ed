import { createPaint, wantsColour } from '../../src/render/colour.js';

describe('wantsColour', () => {
  it.each([
    ['a terminal', { env: {}, isTTY: true, wanted: true }, true],
    ['a pipe', { env: {}, isTTY: false, wanted: true }, false],
    ['a dumb terminal', { env: { TERM: 'dumb' }, isTTY: true, wanted: true }, false],
    ['NO_COLOR', { env: { NO_COLOR: '1' }, isTTY: true, wanted: true }, false],
    ['an empty NO_COLOR', { env: { NO_COLOR: '' }, isTTY: true, wanted: true }, true],
    ['FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '1' }, isTTY: false, wanted: true }, true],
    ['FORCE_COLOR=0', { env: { FORCE_COLOR: '0' }, isTTY: true, wanted: true }, false],
    [
      'NO_COLOR and FORCE_COLOR',
      { env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTTY: true, wanted: true },
      false,
    ],
    ['--no-color and FORCE_COLOR', { env: { FORCE_COLOR: '1' }, isTTY: true, wanted: false }, false],
  ])('%s', (_name, question, wanted) => {
    expect(wantsColour(question)).toBe(wanted);
  });
});

describe('createPaint', () => {
  it('gives plain text back when off', () => expect(createPaint(false).bad('x')).toBe('x'));
  it('dresses text when on, and nothing when there is none', () => {
    expect(createPaint(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createPaint(true).bad('')).toBe('');
  });
});

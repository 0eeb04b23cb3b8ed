import { nameFrom } from '../../../src/app/draft/names.js';

describe('a name made of a text', () => {
  it.each([
    ['wk-1', 'wk-1'],
    ['K3S_Node.example.com', 'k3s-node'],
    ['ubuntu@vps', 'ubuntu-vps'],
    ['198.51.100.25', '198-51-100-25'],
    ['--Ümlaut--', 'mlaut'],
    ['***', 'node'],
    ['all', 'all-2'],
    [`${'a'.repeat(62)}--b`, 'a'.repeat(62)],
  ])('%s is %s', (text, name) => {
    expect(nameFrom(text)).toBe(name);
  });

  it('has a number if it is taken', () => {
    expect(nameFrom('web', ['web', 'web-2'])).toBe('web-3');
    expect(nameFrom('a'.repeat(63), ['a'.repeat(63)])).toBe(`${'a'.repeat(61)}-2`);
  });
});

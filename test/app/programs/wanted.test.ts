import { forArchitectures, knownPrograms, programsNamed } from '../../../src/app/programs/wanted.js';
import { titleOf } from '../../../src/layers/parcel.js';

it('names a program by its newest version, or another', () => {
  expect(programsNamed('traefik').map(titleOf)).toEqual([
    'traefik 3.7.15 for amd64',
    'traefik 3.7.15 for arm64',
  ]);
  expect(programsNamed('traefik=3.7.13').map(titleOf)[0]).toBe('traefik 3.7.13 for amd64');
});

it.each([
  ['traefic', 'did you mean "traefik"?'],
  ['traefik=3.7.14', 'unknown version 3.7.14 of traefik; the nearest known is 3.7.15'],
])('refuses %s', (word, message) => {
  expect(() => programsNamed(word)).toThrow(message);
});

it('pins every known build by one of its sums, and has it for both usual architectures', () => {
  for (const { build } of knownPrograms()) {
    expect(build.sha256 ?? build.program).toMatch(/^[0-9a-f]{64}$/);
    expect(build.url).toMatch(/^https:/);
  }
  const amd64 = forArchitectures(knownPrograms(), ['amd64']);
  expect(amd64.length * 2).toBe(knownPrograms().length);
  expect(() => forArchitectures(knownPrograms(), ['sparc'])).toThrow('architecture sparc');
});

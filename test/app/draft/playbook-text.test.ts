import { playbookFor, playbookText } from '../../../src/app/draft/playbook-text.js';

const network = { name: 'n', ranges: ['10.86.0.0/24'], members: [] };

describe('the playbook of a draft', () => {
  it('is by the shape of its networks', () => {
    expect(playbookFor({ networks: [] })).toBe('mesh');
    expect(playbookFor({ networks: [network] })).toBe('mesh');
    expect(playbookFor({ networks: [network, { ...network, shape: 'hub' }] })).toBe('hub');
  });

  it('is the text of the built-in one', () => {
    expect(playbookText({ networks: [] })).toMatch(/^# yaml-language-server: (.*\n)+name: mesh\n/);
  });
});

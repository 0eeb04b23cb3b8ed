import { certificates } from '../../../../src/layers/edge/gates/certificates.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';

const inventory = await hybridEdge({ films: undefined, vault: undefined, start: undefined });
const context = {
  params: {},
  inventory,
  networks: inventory.networks,
  measured: ['vps'],
  patience: 5,
  token: 'test',
  facts: new Map(),
};
const vps = inventory.nodes.find(({ name }) => name === 'vps');
if (vps === undefined) throw new Error('no vps');
const question = certificates.probe(context, vps);
if (!('parse' in question)) throw new Error('no question');
const parts = (served: string): string =>
  ['now\nnow 1764460800\nend', 'stored\n', 'keys\n', `served\n${served}\n`]
    .map((part) => `@@ part ${part}`)
    .join('\n');
const findings = (served: string) => {
  const seen = question.parse({ id: 'g', code: 0, stdout: parts(served), stderr: '' });
  const stored = [
    { names: ['photos.example.com'], issuer: 'R11', from: seen.now - 1e9, to: seen.now + 1e10 },
  ];
  return certificates.verdict(context, {
    seen: new Map([['vps', { ...seen, stored }]]),
    unread: [],
    outside: undefined,
  }).findings;
};

describe('certificates: what the proxy shows', () => {
  it('is a STOP if it is none, as that of a proxy that is down', () => {
    expect(findings('served photos.example.com -')).toMatchObject([
      { go: false, seen: 'the proxy has one, and shows none at port 443 of vps' },
    ]);
  });

  it('is noted as not measured without openssl', () => {
    expect(findings('no-openssl\n')).toMatchObject([
      { go: true, noted: true, fix: 'install openssl on vps' },
    ]);
  });
});

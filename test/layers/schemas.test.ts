import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { fileStep } from '../../src/layers/host/steps/file.js';
import { packageStep } from '../../src/layers/host/steps/package.js';
import { scriptStep } from '../../src/layers/host/steps/script.js';
import { serviceStep } from '../../src/layers/host/steps/service.js';
import { sysctlStep } from '../../src/layers/host/steps/sysctl.js';

const ajv = new Ajv({ strict: true, keywords: ['x-message'] });
const validators = new Map(
  [fileStep, packageStep, scriptStep, serviceStep, sysctlStep].map(({ kind, schema }) => [
    kind,
    ajv.compile(schema),
  ]),
);

describe('the schemas of steps', () => {
  it.each<[string, unknown, boolean]>([
    ['package', { names: ['wireguard-tools', 'g++', 'libc6'] }, true],
    ['package', { names: ['vim'], state: 'present', update: 'auto', wait: 60 }, true],
    ['package', { names: [] }, false],
    ['package', { names: 'vim' }, false],
    ['package', { names: ['vim', 'vim'] }, false],
    ['package', { names: ['vim'], state: 'absent' }, false],
    ['package', { names: ['vim-'] }, false],
    ['package', { names: ['-y'] }, false],
    ['package', { names: ['vim=1.0'] }, false],
    ['package', { names: ['vim*'] }, false],
    ['package', { names: ['a b'] }, false],
    ['package', { names: ['vim;id'] }, false],
    ['package', { names: ['vim'], wait: 0 }, false],
    ['sysctl', { values: { 'net.ipv4.ip_forward': 1, 'net/ipv4/x': '4096 1' } }, true],
    ['sysctl', { values: {} }, false],
    ['sysctl', { values: { 'net.ipv4.ip_forward': true } }, false],
    ['sysctl', { values: { 'net.ipv4.ip_forward': 1.5 } }, false],
    ['sysctl', { values: { 'net.ipv4.*': 1 } }, false],
    ['sysctl', { values: { '../x': 1 } }, false],
    ['sysctl', {}, false],
    ['file', { path: '/etc/a', content: '' }, true],
    ['file', { path: '/etc/a', source: 'a', mode: '0600', owner: 'root', group: '0', secret: true }, true],
    ['file', { path: '/etc/a', mode: 420 }, false],
    ['file', { path: '/etc/a', mode: '0888' }, false],
    ['file', { path: '/etc/a', owner: 'root:root' }, false],
    ['file', { path: '/etc/a', owner: '-R' }, false],
    ['file', { content: 'x' }, false],
    ['service', { unit: 'ssh', enabled: true, running: false, restartAfter: ['/etc/a'] }, true],
    ['service', { unit: 'ssh', state: 'running' }, false],
    ['service', { enabled: true }, false],
    ['script', { check: 'true', run: 'true', name: 'x', timeout: 5 }, true],
    ['script', { run: 'true' }, false],
    ['script', { check: '', run: 'true' }, false],
    ['script', { check: 'true', run: 'true', timeout: 1.5 }, false],
  ])('%s %j: %s', (kind, params, valid) => {
    expect(validators.get(kind)?.(params)).toBe(valid);
  });
});

it.each(['inventory', 'playbook'])('schemas/%s.schema.json describes its keys in sentences', (name) => {
  const texts: string[] = [];
  JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'), (key, value) => {
    if (key === 'description' && typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter((text) => !text.endsWith('.'))).toEqual([]);
});

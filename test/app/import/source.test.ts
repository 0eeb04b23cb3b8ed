import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectFormat, readSource } from '../../../src/app/import/source.js';

const detect = (text: string) => detectFormat({ file: 'x', text });

describe('the format of a source', () => {
  it.each([
    ['wg-quick', '# mine\n[Interface]\nAddress = 10.0.0.1/24\n'],
    ['wg-quick', '[Peer] # only\n'],
    ['ssh-config', 'Host a\n  HostName 1.2.3.4\n'],
    ['ssh-config', 'Include x\nMatch all\n'],
    ['ansible', '[web]\nweb-1\n'],
    ['ansible', 'web-1 ansible_host=1.2.3.4\n'],
    ['ansible', 'all:\n  hosts:\n    a: {}\n'],
    ['ansible', 'web:\n  hosts:\n    host: {}\n'],
    ['ansible', '{"_meta": {"hostvars": {}}, "all": {"children": []}}'],
    ['terraform', '{"ip": {"sensitive": false, "type": "string", "value": "1.2.3.4"}}'],
    ['hcloud', '[{"name": "a", "public_net": {}}]'],
  ])('%s: %j', (format, text) => {
    expect(detect(text)).toBe(format);
  });

  it.each(['hello\n', '[1, 2]', '{"a": 1}'])('of %j is not known', (text) => {
    expect(() => detect(text)).toThrow(
      'x  the format is not known; name it with --format: wg-quick, ansible',
    );
  });

  it('of broken JSON and YAML is not asked for: the error says where it is broken', () => {
    expect(() => detect('{"a":\n  b: ]}')).toThrow(/^x:2:/);
    expect(() => detectFormat({ file: 'x.yml', text: 'all:\n\thosts:\n' })).toThrow(/^x.yml:2:1/);
  });

  it.each(['OPENSSH ', 'RSA ', ''])('is not known of a private key (%s), which is not shown', (kind) => {
    const secret = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmU';
    const text = `-----BEGIN ${kind}PRIVATE KEY-----\n${secret}\n-----END ${kind}PRIVATE KEY-----\n`;
    expect(() => detect(text)).toThrow('x  the format is not known');
    expect(() => detect(text)).not.toThrow(secret);
  });

  it('is not looked for in an empty file', () => {
    expect(() => detect(' \n')).toThrow('x  is empty');
  });
});

describe('a source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-source-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may name the machine that it is from', () => {
    const file = join(folder, 'wg0.conf');
    writeFileSync(file, 'text');
    expect(readSource(file)).toEqual({ file, text: 'text', owner: undefined });
    expect(readSource(`ms-1=${file}`)).toEqual({ file, text: 'text', owner: 'ms-1' });
  });

  it('must be there', () => {
    expect(() => readSource(join(folder, 'no'))).toThrow('no such file');
    expect(() => readSource(folder)).toThrow('is a directory; name a file in it');
  });
});

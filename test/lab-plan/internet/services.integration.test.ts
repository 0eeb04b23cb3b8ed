import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import challenges from '../../../src/lab/internet/challenges.sh';
import makeAuthority from '../../../src/lab/internet/make-authority.sh';
import refusingAuthority from '../../../src/lab/internet/refusing-authority.sh';
import { requestProgram } from '../../../src/lab/internet/request.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-services-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([[['dash']], [['busybox', 'sh']]])(
  'servers on the internet under %s',
  ([shell = '', ...rest]) => {
    const ask = (program: string, settings: string, request: string) => {
      const input = request.replaceAll('\n', '\r\n');
      return execFileSync(shell, [...rest, '-c', requestProgram(settings, program)], {
        input,
        encoding: 'utf8',
      });
    };
    const post = (path: string, body: object) => {
      const text = JSON.stringify(body);
      const request = `POST ${path} HTTP/1.1\nHost: a\nContent-Length: ${text.length}\n\n${text}`;
      return ask(challenges, `RECORDS='${folder}'\n`, request).split('\r\n')[0];
    };

    it('take the records of challenges, and remove them', () => {
      const file = join(folder, '_acme-challenge.example.com.TXT');
      const fqdn = '_acme-challenge.Example.com.';
      expect(post('/present', { fqdn, value: 'one' })).toBe('HTTP/1.1 200 OK');
      expect(post('/present', { fqdn, value: '-two' })).toBe('HTTP/1.1 200 OK');
      expect(readFileSync(file, 'utf8')).toBe('one\n-two\n');
      expect(post('/cleanup', { fqdn, value: '-two' })).toBe('HTTP/1.1 200 OK');
      expect(readFileSync(file, 'utf8')).toBe('one\n');
      for (const name of ['../x', '', '.x', 'a/b']) {
        expect(post('/present', { fqdn: name, value: 'v' })).toBe('HTTP/1.1 400 Bad Request');
      }
      expect(existsSync(join(folder, '../x.TXT'))).toBe(false);
    });

    it('refuse orders, note them, and say when to try again, but not the directory', () => {
      const directory = join(folder, 'directory');
      writeFileSync(directory, '{"newNonce":"x"}');
      const settings = `DIRECTORY='${directory}'\nREFUSED='${join(folder, 'refused')}'\n`;
      const listing = ask(refusingAuthority, settings, 'GET /dir HTTP/1.1\nHost: a\n\n');
      expect(listing).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"newNonce":"x"\}$/);
      expect(ask(refusingAuthority, settings, 'HEAD /nonce HTTP/1.1\n\n')).toMatch(/Replay-Nonce: \d+\r\n/);
      const refused = ask(refusingAuthority, settings, 'POST /order HTTP/1.1\nContent-Length: 2\n\n{}');
      expect(refused).toMatch(
        /^HTTP\/1\.1 429 [\s\S]*error:rateLimited[\s\S]*retry after \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
      );
      expect(readFileSync(join(folder, 'refused'), 'utf8')).toBe('/order\n');
    });
  },
);

it('makes a root and a certificate of the servers, of which nobody else reads the keys', () => {
  execFileSync('sh', ['-c', makeAuthority, 'sh', folder, 'test', 'acme.lab.example', 'other.example']);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  expect(openssl('verify', '-CAfile', 'root.pem', '-purpose', 'sslserver', 'server.pem')).toBe(
    'server.pem: OK\n',
  );
  expect(openssl('x509', '-in', 'server.pem', '-noout', '-ext', 'subjectAltName')).toContain(
    'DNS:acme.lab.example, DNS:other.example, DNS:localhost',
  );
  const modes = execFileSync('stat', ['-c', '%a', 'root.key', 'server.key', 'server-both.pem'], {
    cwd: folder,
  });
  expect(modes.toString()).toBe('600\n600\n600\n');
});

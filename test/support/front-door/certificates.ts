import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of one's own, in a folder, which signs certificates for names. */
export class Authority {
  constructor(private readonly folder: string) {
    openssl(
      'req',
      '-x509',
      ...KEY,
      '-subj',
      '/CN=Lab Root/O=Lab',
      '-days',
      '30',
      '-keyout',
      this.#at('ca.key'),
      '-out',
      this.path,
    );
  }

  get path(): string {
    return join(this.folder, 'ca.pem');
  }

  #at(name: string): string {
    return join(this.folder, name);
  }

  sign(name: string): Pair {
    openssl(
      'req',
      ...KEY,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      this.#at('leaf.key'),
      '-out',
      this.#at('leaf.csr'),
    );
    writeFileSync(this.#at('leaf.ext'), `subjectAltName=DNS:${name}\n`);
    const by = ['-CA', this.path, '-CAkey', this.#at('ca.key'), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      this.#at('leaf.csr'),
      ...by,
      '-days',
      '20',
      '-extfile',
      this.#at('leaf.ext'),
      '-out',
      this.#at('leaf.pem'),
    );
    return this.#pair('leaf');
  }

  selfSigned(name: string): Pair {
    openssl(
      'req',
      '-x509',
      ...KEY,
      '-subj',
      `/CN=${name}`,
      '-days',
      '20',
      '-keyout',
      this.#at('own.key'),
      '-out',
      this.#at('own.pem'),
    );
    return this.#pair('own');
  }

  #pair(name: string): Pair {
    return {
      cert: readFileSync(this.#at(`${name}.pem`), 'utf8'),
      key: readFileSync(this.#at(`${name}.key`), 'utf8'),
    };
  }
}

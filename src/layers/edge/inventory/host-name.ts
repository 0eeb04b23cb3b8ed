import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Parsed } from '../../../model/parse-address.js';

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

const wrong = (message: string, fix: string): Parsed => ({ ok: false, message, fix });

/** A name on the internet, in lower case; `*.` in front stands for any one label. */
export function parseHost(text: string): Parsed {
  const [, scheme, host = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/:?#]*)(.*)$/i.exec(text) ?? [];
  if (isIP(text.replaceAll(/[[\]]/g, '')) !== 0) {
    return wrong(
      'is an address, not a name',
      'write the name that visitors type, such as photos.example.com',
    );
  }
  if (scheme !== undefined || rest !== '') {
    const what = scheme !== undefined ? 'is a URL, not a name' : 'has more than a name';
    return wrong(what, parseHost(host).ok ? `write ${host.toLowerCase()}` : EXAMPLE);
  }
  if (text.endsWith('.')) {
    const bare = text.replace(/\.+$/, '');
    return wrong('ends with a dot', bare === '' ? EXAMPLE : `write ${bare}`);
  }
  const lower = text.toLowerCase();
  const wildcard = lower.startsWith('*.') ? '*.' : '';
  const labels = lower.slice(wildcard.length).split('.');
  if (lower.includes('*', wildcard.length)) {
    return wrong(
      'has a wildcard in a wrong place',
      'write *. in front, and nowhere else, such as *.example.com',
    );
  }
  if (labels.length < 2) return wrong('is not a name on the internet', EXAMPLE);
  const ascii = /[^ -~]/.test(lower) ? domainToASCII(lower) : '';
  if (ascii !== '') return wrong('has letters that DNS does not have', `write ${ascii}`);
  const bad = labels.find((label) => !LABEL.test(label));
  if (bad !== undefined) {
    return wrong(bad === '' ? 'has an empty label' : `has the invalid label ${JSON.stringify(bad)}`, EXAMPLE);
  }
  if (lower.length > 253) return wrong('is longer than 253 characters', EXAMPLE);
  return { ok: true, text: lower };
}

const EXAMPLE = 'write a name such as photos.example.com';

export const isWildcard = (host: string): boolean => host.startsWith('*.');

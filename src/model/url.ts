import type { Parsed } from './parse-address.js';

/** A URL that programs can take apart: its host is a name or an address, and its port one that exists. */
export const parseUrl = (text: string): Parsed =>
  URL.canParse(text)
    ? { ok: true, text }
    : {
        ok: false,
        message: 'is not a URL',
        fix: 'write scheme, name, port if it has one, and path, such as https://host.example.com:8443/path',
      };

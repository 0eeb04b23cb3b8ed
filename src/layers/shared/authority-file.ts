import { readFileSync } from 'node:fs';
import { systemCode } from '../../core/errors.js';

/** The text of an authority's certificate in a file of this machine, or why it can't be had. */
export function readAuthority(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return { text };
    return { problem: `${file} has no certificate; it must be PEM` };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { problem: `${file}, the certificate of the authority, can't be read (${code})` };
  }
}

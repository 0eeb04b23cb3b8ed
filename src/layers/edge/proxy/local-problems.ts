import { readFileSync } from 'node:fs';
import { systemCode } from '../../../core/errors.js';
import type { StepContext } from '../../step.js';
import { appsThrough, edgeOf } from '../registry.js';
import { proxyOf } from './proxies.js';
import { authorityFile } from './setup.js';

function unreadable(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? [] : [`${file} has no certificate; it must be PEM`];
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return [`${file}, the certificate of the authority, can't be read (${code})`];
  }
}

/** What an edge needs from this machine and isn't there, and apps that its proxy can't serve. */
export function localProblems({ inventory, node }: StepContext<unknown>): readonly string[] {
  const edge = edgeOf(inventory, node.name);
  if (edge === undefined) return [];
  const authority = edge.acme && authorityFile(edge.acme);
  return [
    ...(authority === undefined ? [] : unreadable(authority)),
    ...proxyOf(edge).problems(edge, appsThrough(inventory, node.name)),
  ];
}

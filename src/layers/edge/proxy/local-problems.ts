import { readAuthority } from '../../shared/authority-file.js';
import type { StepContext } from '../../step.js';
import { appsThrough, edgeOf } from '../registry.js';
import { proxyOf } from './proxies.js';
import { authorityFile } from './setup.js';

function unreadable(file: string): string[] {
  const read = readAuthority(file);
  return 'problem' in read ? [read.problem] : [];
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

import path from 'node:path';

/** What is wrong with a path on a node; undefined when it is absolute, normalised and names something. */
export function remotePathProblem(value: string): string | undefined {
  const shown = JSON.stringify(value);
  if (!value.startsWith('/')) return `path ${shown} is not absolute; begin it with /`;
  if (/[\0-\x1f\x7f]/.test(value)) return `path ${shown} contains control characters`;
  if (value === '/') return 'path "/" is the root folder; name a file';
  const normal = path.posix.normalize(value).replace(/\/$/, '');
  return normal === value ? undefined : `path ${shown} is not normalised; write ${JSON.stringify(normal)}`;
}

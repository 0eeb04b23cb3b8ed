import { writeChange } from '../../../shared/write-change.js';
import type { Change } from '../../../step.js';
import type { ProxyFile } from '../proxy.js';
import { isAsWanted, type SeenFile } from '../read/files.js';

/** Writes a file; `[]` if it is as wanted. `after`: sh that is run once it is there. */
export function planFile(
  file: ProxyFile,
  seen: SeenFile | undefined,
  { summary, after }: { readonly summary?: string; readonly after?: string } = {},
): Change[] {
  const { path, content, purpose, secret } = file;
  const mode = secret ? '600' : '644';
  if (isAsWanted(file, `${mode} root:root`, seen)) return [];
  const change = writeChange(
    { path, content, mode: `0${mode}`, purpose, secret },
    seen && (seen.content ?? ''),
  );
  return [
    {
      ...change,
      ...(summary !== undefined && { summary: `${summary}${secret ? ' (its content is not shown)' : ''}` }),
      script: after === undefined ? change.script : `${change.script} || exit\n${after}`,
      touches: { files: [path] },
    },
  ];
}

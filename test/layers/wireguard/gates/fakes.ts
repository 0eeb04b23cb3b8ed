import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A folder for PATH with commands of these names and sh bodies; taken away after the test. */
export function fakes(commands: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gate-fakes-'));
  folders.push(folder);
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

import { join, resolve } from 'node:path';
import { BridgeheadError, EXIT } from '../../core/errors.js';
import { readInventory } from '../../inventory/index.js';
import type { Inventory } from '../../model/inventory.js';
import { locateInventory } from '../locate.js';
import { writeNewFile } from '../new-file.js';
import type { Io } from '../terminal/io.js';
import { typedPath } from '../terminal/typed-path.js';
import { ansibleText } from './ansible.js';
import { graphvizText, mermaidText } from './drawing.js';
import { prometheusText } from './prometheus.js';
import { sshConfigText } from './ssh-config.js';
import { wgQuickFiles } from './wg-quick.js';

export interface ExportOptions {
  readonly inventory?: string;
  readonly output?: string;
  readonly force?: boolean;
  /** Of Prometheus targets. */
  readonly port: number;
}

const TEXTS: Readonly<Record<string, (inventory: Inventory, options: ExportOptions) => string>> = {
  ansible: ansibleText,
  'ssh-config': sshConfigText,
  mermaid: mermaidText,
  graphviz: graphvizText,
  prometheus: (inventory, { port }) => prometheusText(inventory, port),
};

/** Writes an inventory in another format, to standard output or a file; wg-quick, which has a file for each node, to a folder. */
export async function exportInventory(format: string, options: ExportOptions, io: Io): Promise<number> {
  const { output, force } = options;
  const { inventory } = await readInventory(locateInventory(options.inventory, io.cwd));
  const toText = TEXTS[format];
  if (toText === undefined) return exportFiles(wgQuickFiles(inventory), options, io);
  const text = toText(inventory, options);
  if (output === undefined) io.stdout.write(text);
  else {
    writeNewFile(resolve(io.cwd, output), text, { force });
    io.stderr.write(`wrote ${output}\n`);
  }
  return EXIT.go;
}

function exportFiles(files: ReadonlyMap<string, string>, { output, force }: ExportOptions, io: Io): number {
  if (output === undefined) {
    const fix = 'name a folder for them, such as -o wg-quick';
    throw new BridgeheadError('E_USAGE', `wg-quick has ${files.size} files, one per node`, { fix });
  }
  for (const [path, text] of files) {
    const file = resolve(io.cwd, join(output, path));
    // The user will write a private key into it.
    writeNewFile(file, text, { force, mode: 0o600 });
    io.stderr.write(`wrote ${typedPath(file, io)}\n`);
  }
  return EXIT.go;
}

import { BridgeheadError, EXIT } from '../../core/errors.js';
import type { App } from '../../layers/edge/inventory/types.js';
import { APPS_HEAD, appRow } from '../../layers/edge/registry.js';
import { type Held, heldFact, holderWords } from '../../layers/edge/relays/held.js';
import type { Inventory } from '../../model/inventory.js';
import { ask } from '../../remote/execute.js';
import { table } from '../../render/table.js';
import { locateInventory } from '../locate.js';
import type { PerformOptions } from '../run/execute-run.js';
import { withTransport } from '../ssh-transport.js';
import { type Io, paintFor } from '../terminal/io.js';
import { reportError } from '../terminal/report-error.js';

export interface AppListOptions extends Omit<PerformOptions, 'concurrency'> {
  readonly inventory?: string;
  readonly verbose?: boolean;
  readonly live?: boolean;
}

const DEADLINE_MS = 20_000;

/** What a node answered, or why it did not. */
type Answer = Held | BridgeheadError;

/** `apps list`: the registry. Offline unless `--live`. */
export async function listApps(options: AppListOptions, io: Io): Promise<number> {
  const { loadInventory } = await import('../../inventory/index.js');
  const inventory = await loadInventory(locateInventory(options.inventory, io.cwd));
  const answers = options.live === true ? await askAll(inventory, options, io) : new Map<string, Answer>();
  const heldBy = (app: App): string | undefined => {
    const answer = answers.get(app.to.node);
    if (answer === undefined) return undefined;
    return answer instanceof BridgeheadError ? 'unreachable' : holderWords(app, answer);
  };
  if (options.json === true) {
    const rows = inventory.apps.map((app) => ({ ...app, ...optional('heldBy', heldBy(app)) }));
    io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    const paint = paintFor(io, 'stdout', options.color);
    const head = [...APPS_HEAD, ...(answers.size > 0 ? ['held by'] : [])].map(paint.faint);
    const rows = inventory.apps.map((app) => [...appRow(app), ...[heldBy(app) ?? []].flat()]);
    io.stdout.write(
      rows.length === 0 ? 'The inventory has no apps.\n' : `${table([head, ...rows]).join('\n')}\n`,
    );
  }
  return report([...answers.values()], options, io);
}

const optional = (key: string, value: string | undefined): object =>
  value === undefined ? {} : { [key]: value };

function report(answers: readonly Answer[], options: AppListOptions, io: Io): number {
  const failed = answers.filter((answer) => answer instanceof BridgeheadError);
  const exits = failed.map((error, index) =>
    reportError(error, {
      write: (text: string) => void io.stderr.write(text),
      paint: paintFor(io, 'stderr', options.color),
      verbose: options.verbose === true,
      explain: io.stderr.isTTY === true && index === failed.length - 1,
    }),
  );
  return Math.max(EXIT.go, ...exits);
}

async function askAll(inventory: Inventory, options: AppListOptions, io: Io): Promise<Map<string, Answer>> {
  const nodes = inventory.nodes.filter(({ name }) => inventory.apps.some(({ to }) => to.node === name));
  return withTransport(inventory, options, io, async (transport, signal) => {
    const asked = nodes.map(async (node): Promise<[string, Answer]> => {
      try {
        const connection = await transport.connect(node, signal);
        try {
          const question = heldFact(inventory.apps.filter(({ to }) => to.node === node.name));
          return [
            node.name,
            await ask(connection, question, { node: node.name, deadlineMs: DEADLINE_MS, signal }),
          ];
        } finally {
          await connection.close();
        }
      } catch (error) {
        if (!(error instanceof BridgeheadError) || signal.aborted) throw error;
        return [node.name, error.at({ node: node.name })];
      }
    });
    return new Map(await Promise.all(asked));
  });
}

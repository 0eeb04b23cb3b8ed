import type { Command } from 'commander';
import type { ConnectOptions } from '../app/options.js';
import type { Io } from '../app/terminal/io.js';
import { EXIT } from '../core/errors.js';
import type { CommandHost } from './host.js';
import { addConnectOptions, addOutputOptions } from './options.js';

export function addUnlock(program: Command, host: CommandHost): void {
  addOutputOptions(addConnectOptions(program.command('unlock'), 'unlock'))
    .argument('[nodes...]', 'nodes to unlock (default: all)')
    .summary('give nodes back whose run is dead')
    .description(
      'Shows which run holds each node, and breaks the lock of a run that died without giving it back. A node whose guard ' +
        'is armed is never unlocked: it undoes its last change by itself first.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead unlock -i inventory/home-mesh.yaml', 'bridgehead unlock wk-1 --yes'],
        ['go', 'badInput', 'unreachable', 'locked', 'interrupted'],
      ),
    )
    .action((nodes: string[], options: ConnectOptions) => host.act((io) => unlock(nodes, options, io)));
}

async function unlock(names: readonly string[], options: ConnectOptions, io: Io): Promise<number> {
  const { onNodes } = await import('../app/on-nodes.js');
  const { breakLocks, readLocks } = await import('../runner/locks/unlock.js');
  const { describeHolder } = await import('../runner/locks/locks.js');
  return onNodes({ command: 'unlock', options, io, names }, async ({ context, nodes, ask, say }) => {
    const locks = await readLocks(context, nodes);
    const held = locks.filter(({ holder }) => holder !== undefined);
    for (const { node, holder } of locks) {
      say(`${node}  ${holder === undefined ? 'not locked' : `locked by ${describeHolder(holder)}`}\n`);
    }
    const broken =
      held.length > 0 && (await ask('Is every one of these runs dead, and shall its lock be broken?'));
    if (broken) await breakLocks(context, held);
    if (options.json === true) {
      const unlocked = broken ? held.map(({ node, holder }) => ({ node, holder })) : [];
      io.stdout.write(`${JSON.stringify({ ok: true, unlocked })}\n`);
    } else if (broken) say(`unlocked: ${held.map(({ node }) => node).join(', ')}\n`);
    else say(held.length === 0 ? 'nothing was locked\n' : 'nothing was unlocked\n');
    return EXIT.go;
  });
}

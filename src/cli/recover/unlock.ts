import type { Command } from 'commander';
import type { ConnectFlags } from '../../app/options.js';
import type { Io } from '../../app/terminal/io.js';
import { EXIT } from '../../core/errors.js';
import type { CommandHost } from '../host.js';
import { addConnectOptions, addOutputOptions } from '../options.js';

export function addUnlock(program: Command, host: CommandHost): void {
  addOutputOptions(addConnectOptions(program.command('unlock'), 'unlock'))
    .argument('[nodes...]', 'nodes to unlock (default: all)')
    .summary('release locks left by dead runs')
    .description(
      'Shows which run holds each node’s lock, and releases the locks of runs that died. A node whose guard is armed is ' +
        'never unlocked: it first reverts its last change by itself.',
    )
    .addHelpText(
      'after',
      host.footer(
        ['bridgehead unlock -i inventory/home-mesh.yaml', 'bridgehead unlock wk-1 --yes'],
        ['go', 'badInput', 'unreachable', 'locked', 'interrupted'],
      ),
    )
    .action((nodes: string[], options: ConnectFlags) => host.act((io) => unlock(nodes, options, io)));
}

async function unlock(names: readonly string[], options: ConnectFlags, io: Io): Promise<number> {
  const { onNodes } = await import('../../app/on-nodes.js');
  const { releaseLocks, readLocks } = await import('../../runner/locks/unlock.js');
  const { describeHolder } = await import('../../runner/locks/locks.js');
  return onNodes({ command: 'unlock', options, io, names }, async ({ context, nodes, ask, say }) => {
    const locks = await readLocks(context, nodes);
    const held = locks.filter(({ holder }) => holder !== undefined);
    for (const { node, holder } of locks) {
      say(`${node}  ${holder === undefined ? 'not locked' : `locked by ${describeHolder(holder)}`}\n`);
    }
    const broken = held.length > 0 && (await ask('Are all of these runs dead? Release their locks?'));
    if (broken) await releaseLocks(context, held);
    if (options.json === true) {
      const unlocked = broken ? held.map(({ node, holder }) => ({ node, holder })) : [];
      io.stdout.write(`${JSON.stringify({ ok: true, unlocked })}\n`);
    } else if (broken) say(`unlocked: ${held.map(({ node }) => node).join(', ')}\n`);
    else say(held.length === 0 ? 'nothing was locked\n' : 'no lock was released\n');
    return EXIT.go;
  });
}

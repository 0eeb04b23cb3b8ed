import type { Command } from 'commander';
import { type ConnectFlags, type Options, stateDir } from '../../app/options.js';
import { canConfirm } from '../../app/terminal/ask.js';
import type { Io } from '../../app/terminal/io.js';
import { EXIT } from '../../core/errors.js';
import type { CommandHost } from '../host.js';
import { addConnectOptions, addOutputOptions, stateDirOption } from '../options.js';

type UnlockOptions = ConnectFlags & Pick<Options, 'stateDir'>;

export function addUnlock(program: Command, host: CommandHost): void {
  addOutputOptions(addConnectOptions(program.command('unlock'), 'unlock'))
    .argument('[nodes...]', 'nodes to unlock (default: all)')
    .addOption(stateDirOption)
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
    .action((nodes: string[], options: UnlockOptions) => host.act((io) => unlock(nodes, options, io)));
}

async function unlock(names: readonly string[], options: UnlockOptions, io: Io): Promise<number> {
  const { onNodes } = await import('../../app/on-nodes.js');
  const { emitUnlockPlan, releaseOthersLocks, readLocks, UNLOCK_PHASE } = await import(
    '../../runner/locks/unlock.js'
  );
  const { describeHolder } = await import('../../runner/locks/locks.js');
  const journal = { command: 'unlock', stateDir: stateDir(options.stateDir, io) } as const;
  const unasked =
    'make sure that the runs which hold the locks have ended, then add --yes and the nodes to unlock';
  const request = { command: 'unlock', options, io, names, journal, unasked };
  return onNodes(request, async ({ context, nodes, begin, ask, say }) => {
    const canAsk = options.yes !== true && canConfirm(io, options.json === true);
    const locks = await readLocks(context, nodes, { canAsk });
    begin([UNLOCK_PHASE]);
    emitUnlockPlan(context, locks);
    const held = locks.filter(({ holder }) => holder !== undefined);
    for (const { node, holder, doubt } of locks) {
      say(`${node}  ${holder === undefined ? 'not locked' : `locked by ${describeHolder(holder)}`}\n`);
      if (doubt !== undefined) say(`  if that run is dead, its id is now that of ${doubt}\n`);
    }
    const broken = held.length > 0 && (await ask('Are all of these runs dead? Release their locks?'));
    if (broken || held.length === 0) await releaseOthersLocks(context, held);
    if (options.json === true) {
      const unlocked = broken ? held.map(({ node, holder }) => ({ node, holder })) : [];
      io.stdout.write(`${JSON.stringify({ ok: true, unlocked })}\n`);
    } else if (broken) say(`unlocked: ${held.map(({ node }) => node).join(', ')}\n`);
    else say(held.length === 0 ? 'nothing was locked\n' : 'no lock was released\n');
    return EXIT.go;
  });
}

import { unifiedDiff } from '../../core/diff.js';
import { BridgeheadError, EXIT } from '../../core/errors.js';
import type { Adoption } from '../../layers/wireguard/adopt/adoption.js';
import { compare } from '../../layers/wireguard/adopt/compare.js';
import { obstaclesOf } from '../../layers/wireguard/adopt/obstacles.js';
import { commandLine } from '../../render/command-line.js';
import { adoptedText, adoptionJson, adoptionText, nothingText } from '../../render/commands/adopt-text.js';
import { NodeErrors } from '../../runner/context.js';
import { resolveEdited } from '../clients/target.js';
import { onNodes } from '../on-nodes.js';
import type { Options } from '../options.js';
import { perform } from '../run/execute-run.js';
import { commitApplied, stageEdit } from '../staged-edit.js';
import { type Io, paintFor } from '../terminal/io.js';
import { getsPresharedKeys, takeIn } from './edit-inventory.js';
import { adoptPlaybook } from './playbook.js';
import { type Survey, survey } from './survey.js';

export type AdoptOptions = Omit<Options, 'phase' | 'only' | 'from' | 'resume' | 'shard' | 'playbook'> & {
  /** Compares, and changes nothing. */
  readonly show?: boolean;
};

/** Compares what nodes have with the inventory, and takes it over if the user confirms. */
export async function adoptNodes(names: readonly string[], options: AdoptOptions, io: Io): Promise<number> {
  const isShown = options.show === true;
  let found: Survey | undefined;
  const reading = await onNodes(
    {
      command: 'adopt',
      options,
      onlyReads: isShown,
      io,
      names,
      unasked: 'add --show to compare only, or --yes to adopt without asking',
    },
    async ({ context, nodes }) => {
      found = await survey(context, nodes);
      log(found, options, io);
      if (!isShown) refuseObstacles(found.adoptions);
      return EXIT.go;
    },
  );
  const adoptions = found?.adoptions ?? [];
  if (reading !== EXIT.go || isShown || adoptions.length === 0) return reading;
  return takeOver(adoptions, options, io);
}

/** The comparison, one table for each interface. */
function log({ adoptions, rest }: Survey, options: AdoptOptions, io: Io): void {
  const compared = adoptions.map((adoption) => ({
    adoption,
    rows: compare(adoption),
    obstacles: obstaclesOf(adoption, getsPresharedKeys(adoptions, adoption.network.name)),
  }));
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify(adoptionJson(compared, rest))}\n`);
    return;
  }
  const paint = paintFor(io, 'stdout', options.color);
  const texts = [...compared.map((one) => adoptionText(one, paint)), nothingText(rest)];
  io.stdout.write(`${texts.filter((text) => text !== '').join('\n')}\n`);
}

/** Throws NodeErrors with every obstacle; then nothing is taken over. */
function refuseObstacles(adoptions: readonly Adoption[]): void {
  const errors = adoptions.flatMap((adoption) =>
    obstaclesOf(adoption, getsPresharedKeys(adoptions, adoption.network.name)).map(
      ({ message, ...more }) => new BridgeheadError('E_NOT_OURS', message, { node: adoption.node, ...more }),
    ),
  );
  if (errors.length > 0) throw new NodeErrors(errors);
}

/** Records on the nodes who owns the interfaces; the inventory is changed if that ended in GO. */
async function takeOver(adoptions: readonly Adoption[], options: AdoptOptions, io: Io): Promise<number> {
  const [first] = adoptions;
  const file = first?.inventory.file ?? '';
  const staged = stageEdit(file, (text) => takeIn(file, text, adoptions));
  try {
    const { inventory } = resolveEdited(file, staged.text);
    const { before } = staged;
    const isEdited = staged.text !== before;
    if (options.json !== true && isEdited) io.stdout.write(`\n${unifiedDiff(before, staged.text, file)}\n\n`);
    const nodes = [...new Set(adoptions.map(({ node }) => node))];
    const others = inventory.nodes.filter(({ name }) => !nodes.includes(name));
    const { exit, declined } = await perform({
      command: 'adopt',
      inventory,
      edited: before,
      playbook: adoptPlaybook(adoptions),
      phases: [],
      only: nodes,
      options,
      io,
      given: async () => new Map(others.map(({ name }) => [name, {}])),
      commit: async () => {
        if (isEdited)
          commitApplied(staged, file, { nodes: 'the tunnels are taken over', news: 'what has changed' });
      },
    });
    if (exit !== EXIT.go || declined) {
      if (isEdited && !staged.committed()) io.stderr.write(`${file} was not changed.\n`);
      return exit;
    }
    const next = commandLine(['bridgehead', 'plan', '-i', file]);
    if (options.json === true)
      io.stdout.write(`${JSON.stringify({ type: 'adopted', nodes, edited: isEdited })}\n`);
    else io.stdout.write(adoptedText(adoptions, { file, isEdited, next }));
    return exit;
  } finally {
    staged.discard();
  }
}

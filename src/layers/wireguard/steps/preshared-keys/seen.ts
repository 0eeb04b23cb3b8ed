import { posix } from 'node:path';
import { inParts, mapped, type Question, when } from '../../../../remote/question.js';
import { quote } from '../../../../remote/quote.js';
import { lines } from '../../../../remote/script.js';
import type { StepContext } from '../../../step.js';
import {
  listPresharedKeys,
  type PresharedFile,
  parsePresharedFile,
  presharedFolder,
  presharedKeyFile,
} from '../../keys/preshared-files.js';
import { type KeptPresharedKey, keptPresharedKeysFact } from '../../retire/kept-keys.js';
import { previousOf } from '../../retire/ours.js';
import { type Left, leftFact } from '../../retire/probe.js';

export interface PresharedKeysParams {
  readonly network?: string;
}

export type PresharedKeysContext = StepContext<PresharedKeysParams>;

export interface SeenPresharedKey extends Omit<PresharedFile, 'path'> {
  /**
   * Where it is until it is moved: under the former name of the network's interface, or with the keys of retired networks.
   */
  readonly from?: string;
}

/** By the path of the file. */
export type PresharedKeysSeen = ReadonlyMap<string, SeenPresharedKey>;

/** The preshared keys that are in place, by path. */
function ownKeys(interfaces: readonly string[]): Question<PresharedKeysSeen> {
  return {
    script: lines(...interfaces.map((name) => listPresharedKeys(quote(presharedFolder(name)))), ':'),
    parse: ({ stdout }) =>
      new Map(
        stdout.split('\n').flatMap((line): [string, SeenPresharedKey][] => {
          const file = parsePresharedFile(line);
          return file === undefined ? [] : [[file.path, { mode: file.mode, sha256: file.sha256 }]];
        }),
      ),
  };
}

/** The keys of networks whose interface was given another name, by the paths that they are to have. */
function carried(
  { inventory, node, networks }: PresharedKeysContext,
  left: readonly Left[],
): [string, SeenPresharedKey][] {
  if (left.length === 0) return [];
  return networks.flatMap((network) => {
    const previous = previousOf({ inventory, network, node: node.name }, left);
    return (previous?.presharedKeys ?? []).map(({ path, mode, sha256 }): [string, SeenPresharedKey] => [
      presharedKeyFile(network.interface, posix.basename(path)),
      { mode, sha256, from: path },
    ]);
  });
}

/** The keys of networks that were retired here and are back, by the paths that they are to have. */
function back(
  { networks }: PresharedKeysContext,
  kept: readonly KeptPresharedKey[],
): [string, SeenPresharedKey][] {
  return kept.flatMap(({ network, path, mode, sha256 }): [string, SeenPresharedKey][] => {
    const name = networks.find((one) => one.name === network)?.interface;
    return name === undefined
      ? []
      : [[presharedKeyFile(name, posix.basename(path)), { mode, sha256, from: path }]];
  });
}

/** Reads the preshared keys of a node, and, where a folder is missing, those that it would have kept elsewhere. */
export function presharedKeysQuestion(context: PresharedKeysContext): Question<PresharedKeysSeen> {
  const { inventory, node, networks } = context;
  const shared = networks.filter(({ presharedKeys }) => presharedKeys);
  const isMissing = [
    'false',
    ...shared.map((network) => `[ ! -d ${quote(presharedFolder(network.interface))} ]`),
  ].join(' || ');
  const parts = inParts({
    own: ownKeys(networks.map((network) => network.interface)),
    aside: when(isMissing, keptPresharedKeysFact(inventory, node.name)),
    left: when(isMissing, leftFact(inventory, node.name)),
  });
  return mapped(
    parts,
    ({ own, aside, left }) => new Map([...back(context, aside), ...carried(context, left), ...own]),
  );
}

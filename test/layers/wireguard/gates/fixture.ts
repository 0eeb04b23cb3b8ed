import type { GateContext, GateKind, Verdict } from '../../../../src/layers/gate.js';
import { publicKeyFact } from '../../../../src/layers/wireguard/facts.js';
import type { Network, Node } from '../../../../src/model/inventory.js';
import type { FragmentReply } from '../../../../src/remote/program.js';
import { standalone } from '../../../../src/remote/script.js';
import { gateFragments, gateReplies } from '../../../../src/runner/gates/question.js';
import { homeMesh } from '../../../fixtures/home-mesh-inventory.js';
import { runScript, type Shell, type ShellOptions } from '../../../support/shells.js';
import { askedGate, verdictOn } from '../../../support/verdict-on.js';

export const KEYS: Readonly<Record<string, string>> = {
  'ctb-edge-1': 'ZWRnZS1lZGdlLWVkZ2UtZWRnZS1lZGdlLWVkZ2UtZWQ=',
  'ms-1': 'bXMtMS1tcy0xLW1zLTEtbXMtMS1tcy0xLW1zLTEtbXM=',
  'wk-1': 'd2stMS13ay0xLXdrLTEtd2stMS13ay0xLXdrLTEtd2s=',
  'wk-2': 'd2stMi13ay0yLXdrLTItd2stMi13ay0yLXdrLTItd2s=',
};

export const INVENTORY = homeMesh;

export const NETWORK: Network = homeMesh.networks[0] ?? fail('the fixture has no network');

function fail(message: string): never {
  throw new TypeError(message);
}

export function nodeOf(name: string): Node {
  return INVENTORY.nodes.find((one) => one.name === name) ?? fail(`no node ${name}`);
}

export function gateContext<P>(params: P, changes: Partial<GateContext<P>> = {}): GateContext<P> {
  const inventory = changes.inventory ?? INVENTORY;
  return {
    params,
    inventory,
    networks: inventory.networks,
    measured: inventory.nodes.map(({ name }) => name),
    patience: 2,
    token: 'Token1',
    facts: { get: (name, key) => (key === publicKeyFact('wg0') ? KEYS[name] : undefined) },
    ...changes,
  };
}

export function reply(stdout: string, changes: Partial<FragmentReply> = {}): FragmentReply {
  return { id: 'gate', code: 0, stdout: `${stdout}\nend\n`, stderr: '', ...changes };
}

export type Replies = Readonly<Record<string, string | FragmentReply>>;

export function verdictOf<P, S>(
  gate: GateKind<P, S>,
  params: P,
  replies: Replies,
  changes: Partial<GateContext<P>> = {},
): Verdict {
  const read = Object.entries(replies).map(
    ([name, said]) => [name, typeof said === 'string' ? reply(said) : said] as const,
  );
  return verdictOn(gate, gateContext(params, changes), new Map(read));
}

/** `ms-1 -> wk-1: seen` for every finding that is a STOP. */
export function stops({ findings }: Verdict): string[] {
  return findings
    .filter(({ go }) => !go)
    .map(({ node: name, peer, seen }) => `${name}${peer === undefined ? '' : ` -> ${peer}`}: ${seen}`);
}

/** The gate alone, as it is put to a node. */
export function scriptOf<P, S>(kind: GateKind<P, S>, context: GateContext<P>, { name }: Node): string {
  const [fragment] = gateFragments([askedGate(kind, context, name)], context);
  return standalone(fragment?.script ?? fail('no fragment'));
}

/** Runs the gate alone as a node would. */
export function askGate<P, S>(
  shell: Shell,
  kind: GateKind<P, S>,
  context: GateContext<P>,
  { name }: Node,
  options: ShellOptions = {},
): FragmentReply {
  const asked = [askedGate(kind, context, name)];
  const fragment = gateFragments(asked, context)[0] ?? fail('no fragment');
  const reply = runScript(shell, fragment.script, options);
  return gateReplies(asked, new Map([[fragment.id, reply]])).get('test') ?? fail('no reply');
}

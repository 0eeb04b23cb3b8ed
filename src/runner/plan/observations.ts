import { BridgeheadError } from '../../core/errors.js';
import type { SecretRef } from '../../core/secrets/reference.js';
import type { KeyedPair } from '../../layers/pair-secrets.js';
import type { Change, Facts, Ownership } from '../../layers/step.js';
import { answerTo, type Part } from '../../remote/part.js';
import type { FragmentReply } from '../../remote/program.js';
import { GarbledReply } from '../../remote/reply-lines.js';
import type { NodeProbe } from './node-probe.js';
import type { StepWork } from './work.js';

interface Observed {
  readonly seen?: unknown;
  /** Why the step is not needed on the node. */
  readonly skipped?: string;
}

/** A network that the inventory doesn't know any more, or not as these nodes have it. */
export interface FormerNetwork {
  readonly name: string;
  readonly members: ReadonlySet<string>;
  /** Bare addresses of members, and of those whom they reach. */
  readonly addresses: ReadonlySet<string>;
}

const keyOf = (work: StepWork): string => `${work.node.name}\n${work.step.id}`;

/** What the nodes have now, as far as the steps have looked; the only memory of a run. */
export class Observations implements Facts {
  private readonly observed = new Map<string, Observed>();
  private readonly facts = new Map<string, string>();
  private readonly seenOwners = new Map<string, unknown>();
  /** What nodes say of others that can't be reached. */
  private readonly hearsay = new Map<string, string>();
  private readonly seenAddresses = new Map<string, readonly string[]>();
  /** Networks by name. */
  private readonly former = new Map<string, { members: Set<string>; addresses: Set<string> }>();
  /** Plans are pure, so one holds until something is read again, or a key was made. */
  private readonly plans = new Map<string, readonly Change[]>();

  /** `given`: facts by node name, until a probe has read others. */
  constructor(
    given: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(),
    private readonly absent: ReadonlySet<string> = new Set(),
  ) {
    this.give(given);
  }

  give(given: ReadonlyMap<string, Readonly<Record<string, string>>>): void {
    this.forgetPlans();
    for (const [node, facts] of given) {
      for (const [key, value] of Object.entries(facts)) this.facts.set(`${node}\n${key}`, value);
    }
  }

  /** Takes in the replies of one node; an answer that a step can't read is an error. */
  record({ steps, owners }: NodeProbe, replies: ReadonlyMap<string, FragmentReply>): void {
    this.forgetPlans();
    for (const { node, ownership, part } of owners) {
      const seen = answerTo(replies, part);
      if (seen !== undefined) this.seenOwners.set(`${node}\n${ownership.name}`, seen);
    }
    for (const { work, when, part } of steps) {
      const isNeeded = when === undefined || answerTo(replies, when) !== false;
      this.observed.set(
        keyOf(work),
        isNeeded ? { seen: this.parse(work, part, replies) } : { skipped: 'not needed here' },
      );
    }
  }

  /** What it is judged by whose things are on a node; undefined if no step has asked. */
  owners(node: string, { name }: Ownership): unknown {
    return this.seenOwners.get(`${node}\n${name}`);
  }

  get(node: string, key: string): string | undefined {
    const id = `${node}\n${key}`;
    return this.facts.get(id) ?? (this.absent.has(node) ? this.hearsay.get(id) : undefined);
  }

  isAbsent(node: string): boolean {
    return this.absent.has(node);
  }

  /** Bare addresses that a node was last seen to have in a network. */
  addresses(node: string, network: string): readonly string[] {
    return this.seenAddresses.get(`${node}\n${network}`) ?? [];
  }

  /** Networks that nodes had in this run, or still have, and shouldn't. */
  formerNetworks(): readonly FormerNetwork[] {
    return [...this.former].map(([name, network]) => ({ name, ...network }));
  }

  skipped(work: StepWork): string | undefined {
    return this.observed.get(keyOf(work))?.skipped;
  }

  forgetPlans(): void {
    this.plans.clear();
  }

  /** Pairs that the step would give a key which has not been made yet. */
  wantedSecrets(work: StepWork): readonly KeyedPair[] {
    const observed = this.observed.get(keyOf(work));
    if (observed === undefined || observed.skipped !== undefined) return [];
    return work.kind.wantedSecrets?.(work.context, observed.seen, this) ?? [];
  }

  /** References to secrets that the step's plan needs. */
  wantedReferences(work: StepWork): readonly SecretRef[] {
    const observed = this.observed.get(keyOf(work));
    if (observed === undefined || observed.skipped !== undefined) return [];
    return work.kind.wantedReferences?.(work.context, observed.seen) ?? [];
  }

  /** What the step would change on its node; `[]` when it is satisfied or not needed. */
  plan(work: StepWork): readonly Change[] {
    const key = keyOf(work);
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const observed = this.observed.get(key);
    if (!observed) throw new TypeError(`step ${work.step.id} was not probed on ${work.node.name}`);
    const changes = observed.skipped === undefined ? work.kind.plan(work.context, observed.seen, this) : [];
    this.plans.set(key, changes);
    return changes;
  }

  /** Why the step must not be brought about on its node; none if it is not needed, or was not looked at. `isLater`: without what earlier changes may clear away. */
  refusals(work: StepWork, isLater = false): BridgeheadError[] {
    const observed = this.observed.get(keyOf(work));
    if (observed === undefined || observed.skipped !== undefined) return [];
    const refused = work.kind.refuse?.(work.context, observed.seen, this) ?? [];
    return refused
      .filter(({ passing }) => !(isLater && passing))
      .map(({ code, message, fix }) => {
        const where = { node: work.node.name, phase: work.phase, step: work.step.name };
        return new BridgeheadError(code, message, { ...where, fix });
      });
  }

  private hear(work: StepWork, seen: unknown): void {
    for (const [node, facts] of work.kind.hearsay?.(work.context, seen) ?? []) {
      for (const [key, value] of Object.entries(facts)) this.hearsay.set(`${node}\n${key}`, value);
    }
  }

  private recall({ kind, context, node }: StepWork, seen: unknown): void {
    for (const [network, addresses] of kind.formerAddresses?.(context, seen) ?? []) {
      const known = this.former.get(network) ?? { members: new Set(), addresses: new Set() };
      this.former.set(network, known);
      known.members.add(node.name);
      for (const address of addresses) known.addresses.add(address);
    }
  }

  private parse(work: StepWork, part: Part<unknown>, replies: ReadonlyMap<string, FragmentReply>): unknown {
    try {
      if (!replies.has(part.id)) throw new GarbledReply('no answer');
      const seen = answerTo(replies, part);
      for (const [key, value] of Object.entries(work.kind.facts?.(work.context, seen) ?? {})) {
        this.facts.set(`${work.node.name}\n${key}`, value);
      }
      if (this.absent.size > 0) this.hear(work, seen);
      for (const [network, addresses] of work.kind.addresses?.(work.context, seen) ?? []) {
        this.seenAddresses.set(`${work.node.name}\n${network}`, addresses);
      }
      this.recall(work, seen);
      return seen;
    } catch (error) {
      if (error instanceof BridgeheadError)
        throw error.at({ node: work.node.name, phase: work.phase, step: work.step.name });
      throw unreadable(work, error instanceof Error ? error.message : String(error));
    }
  }
}

function unreadable(work: StepWork, evidence: string): BridgeheadError {
  return new BridgeheadError('E_REMOTE_GARBLED', `${work.node.name} gave an answer that can't be read`, {
    node: work.node.name,
    phase: work.phase,
    step: work.step.name,
    evidence,
    fix: 'run again; if it stays so, run with --verbose and report it',
  });
}

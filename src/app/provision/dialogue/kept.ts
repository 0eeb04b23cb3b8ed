import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BridgeheadError, systemCode } from '../../../core/errors.js';
import { sha256 } from '../../../core/sha256.js';
import { accepts } from '../../../document/index.js';
import { answersSchema } from './answers.js';
import type { Talk } from './course.js';
import { QUESTIONS } from './questions.js';
import type { Answers, Key, Work } from './types.js';

/** To be raised whenever an older draft would be misread. */
const VERSION = 1;

/** The part of a conversation that is kept from one start to the next. */
export interface Kept {
  readonly answers: Answers;
  readonly order: readonly Key[];
  readonly done: Readonly<Partial<Record<Work, string>>>;
  /** Absent before the inventory was written. */
  readonly written?: Written;
}

/** The inventory as the wizard left it. */
export interface Written {
  /** SHA-256. */
  readonly hash: string;
  /** What was there before machines were added to it. */
  readonly before?: string;
}

/** Work whose result is lost with the process. */
const PASSING: ReadonlySet<string> = new Set(['survey', 'plan']);

/** The draft of one inventory file, in its own file (0600). */
export class Draftfile {
  readonly path: string;

  constructor(stateFolder: string, inventory: string) {
    const id = sha256(resolve(inventory)).slice(0, 16);
    this.path = join(stateFolder, 'provision', `${id}.json`);
  }

  /** Undefined if there is none. Throws E_USAGE for one that can't be read or has another version. */
  read(): Kept | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw this.#refusal(
        `${this.path} can't be read`,
        error instanceof Error ? error.message : String(error),
      );
    }
    const kept = parse(text);
    if (kept === undefined) throw this.#refusal('the draft is damaged', this.path);
    if (kept.version !== VERSION) {
      throw this.#refusal(
        `the draft is of version ${JSON.stringify(kept.version)}, and this program writes version ${VERSION}`,
        this.path,
      );
    }
    const { answers, order, done, written: hash, before } = kept;
    if (!isSound(kept))
      throw this.#refusal('the draft has answers that this program does not know', this.path);
    const written = hash === undefined ? undefined : { hash, ...(before !== undefined && { before }) };
    return { answers, order, done, ...(written && { written }) };
  }

  write({ world, order }: Talk, written: Written | undefined): void {
    const done = Object.fromEntries(Object.entries(world.done).filter(([work]) => !PASSING.has(work)));
    const kept = {
      version: VERSION,
      answers: world.answers,
      order,
      done,
      written: written?.hash,
      before: written?.before,
    };
    mkdirSync(join(this.path, '..'), { recursive: true, mode: 0o700 });
    const beside = `${this.path}.${process.pid}`;
    writeFileSync(beside, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    chmodSync(beside, 0o600);
    renameSync(beside, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  #refusal(message: string, evidence: string): BridgeheadError {
    return new BridgeheadError('E_USAGE', message, {
      evidence,
      fix: 'start over with: bridgehead provision --restart',
    });
  }
}

interface Stored extends Omit<Kept, 'written'> {
  readonly version: unknown;
  readonly written?: string;
  readonly before?: string;
}

function parse(text: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'version' in value ? (value as Stored) : undefined;
  } catch {
    return undefined;
  }
}

function isSound({ answers, order, done, written, before }: Stored): boolean {
  const keys = new Set<string>(QUESTIONS.map(({ key }) => key));
  return (
    accepts(answers, answersSchema()) &&
    Array.isArray(order) &&
    order.every((key) => keys.has(key)) &&
    typeof done === 'object' &&
    done !== null &&
    [written, before].every((one) => one === undefined || typeof one === 'string')
  );
}

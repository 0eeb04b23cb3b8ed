import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BridgeheadError, messageOf, systemCode } from '../core/errors.js';
import { writeFully } from '../core/write-fully.js';

/** A changed file, staged next to the old one. */
export interface StagedEdit {
  /** What was edited. */
  readonly before: string;
  /** The new text. */
  readonly text: string;
  /** Replaces the old one atomically; if that was changed meanwhile, the edit is repeated on it. */
  commit(): void;
  readonly committed: () => boolean;
  /** Leaves the new text next to the file, where `commit` failed: its path. */
  keep(): string;
  /** Discards the edit; does nothing after `commit`. */
  discard(): void;
}

/**
 * Writes the edited text next to the file, which must be writable itself, so that failures come before anything else is done: only its
 * owner can read it until it has the file's place and mode. Throws E_USAGE.
 */
export function stageEdit(file: string, edit: (text: string) => string): StagedEdit {
  const target = realpathSync(file);
  const before = readFileSync(target, 'utf8');
  const text = edit(before);
  const staged = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
  try {
    // One that is mounted by itself is written in place, whatever its folder allows.
    accessSync(target, constants.W_OK);
    writeLike(target, staged, text);
  } catch (cause) {
    throw new BridgeheadError('E_USAGE', `${file} cannot be edited`, {
      evidence: cause instanceof Error ? cause.message : String(cause),
      fix: 'give yourself write permission on it and its folder',
      cause,
    });
  }
  let lies = true;
  let committed = false;
  return {
    before,
    text,
    commit: () => {
      const now = readFileSync(target, 'utf8');
      if (now !== before) replaceLike(target, staged, edit(now));
      replace(target, staged);
      lies = false;
      committed = true;
    },
    committed: () => committed,
    keep: () => {
      lies = false;
      return staged;
    },
    discard: () => {
      if (lies) rmSync(staged, { force: true });
      lies = false;
    },
  };
}

/**
 * Writes an edit whose changes the nodes have; `nodes` says so, and `news` what they have. Throws E_STEP if that fails, and leaves the
 * new text beside the file.
 */
export function commitApplied(
  staged: StagedEdit,
  file: string,
  { nodes, news }: { readonly nodes: string; readonly news: string },
): void {
  try {
    staged.commit();
  } catch (cause) {
    throw new BridgeheadError('E_STEP', `${nodes}, but ${file} could not be written`, {
      evidence: messageOf(cause),
      fix: `copy ${news} from ${staged.keep()} into it before you apply it again`,
      cause,
    });
  }
}

/** With the mode that the old one has now. A file that is mounted by itself, as into a container, can't be replaced: it is written in place. */
function replace(target: string, staged: string): void {
  chmodSync(staged, statSync(target).mode & 0o7777);
  try {
    renameSync(staged, target);
  } catch (error) {
    if (systemCode(error) !== 'EBUSY') throw error;
    writeFileSync(target, readFileSync(staged), { flush: true });
    rmSync(staged);
  }
}

/** What lies there stays if that fails. */
function replaceLike(model: string, path: string, text: string): void {
  const next = `${path}.next`;
  try {
    writeLike(model, next, text);
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}

/** With the owner of another file, and for that one's eyes only. */
function writeLike(model: string, path: string, text: string): void {
  const { uid, gid } = statSync(model);
  const handle = openSync(path, 'wx', 0o600);
  try {
    if (process.getuid?.() === 0) fchownSync(handle, uid, gid);
    writeFully(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}

import type { GuardReport } from '../../guard/index.js';
import { sanitize } from '../../remote/sanitize.js';

const TEXT_LENGTH = 400;

/** What confirmed rounds have left for the next boot that nothing has proven yet, by node. */
export class BootNotes {
  readonly #notes = new Map<string, Map<string, string>>();

  /** Adds what a confirmed round reports of a node; a unit that it has started again has read its files by now. */
  take(node: string, { notes = [], live = [] }: Pick<GuardReport, 'notes' | 'live'>): void {
    const own = this.#notes.get(node) ?? new Map<string, string>();
    for (const unit of live) own.delete(unit);
    for (const { unit, text } of notes) own.set(unit, sanitize(text, TEXT_LENGTH));
    this.#notes.set(node, own);
  }

  /** The notes of a node, each once. */
  of(node: string): readonly string[] {
    return [...(this.#notes.get(node)?.values() ?? [])];
  }

  forget(node: string): void {
    this.#notes.delete(node);
  }
}

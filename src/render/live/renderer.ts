import type { StampedEvent } from '../../runner/events/events.js';

/** Shows the event stream as it happens. */
export interface Renderer {
  /** Whether the gates of a finished phase can still be read on the terminal. */
  readonly keepsGates: boolean;
  event(event: StampedEvent): void;
  /** Frees the terminal for `work`, such as a question, and resumes afterwards. */
  suspend<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything is written and the terminal is as it was before. */
  close(): Promise<void>;
}

export type Write = (text: string) => void;

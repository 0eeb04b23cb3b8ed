export type {
  Command,
  EventSink,
  PhaseOutcome,
  PlannedChange,
  ReportedError,
  RunEvent,
  StampedEvent,
} from './events.js';
export { type Journal, journals, newRunId, openJournal } from './journal.js';
export { type ResumePoint, resumePoint } from './resume.js';
export { type RunOutcome, type RunRequest, run } from './run.js';
export type { GivenFacts } from './scope.js';
export { layOut, type PhaseWork } from './work.js';

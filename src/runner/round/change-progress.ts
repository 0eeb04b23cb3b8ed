import type { Change } from '../../layers/step.js';
import type { RunContext } from '../context.js';
import type { StepWork } from '../plan/work.js';

/** One change under way, by the id of its fragment. */
export interface Doing {
  readonly id: string;
  readonly work: StepWork;
  readonly change: Change;
}

/** Emits changes as their frames arrive, and remembers which one was under way when something went wrong. */
export class ChangeProgress {
  private readonly byId: ReadonlyMap<string, Doing>;
  private readonly startedAt = new Map<string, number>();
  private current: Doing | undefined;

  constructor(
    private readonly context: Pick<RunContext, 'emit'>,
    doings: readonly Doing[],
  ) {
    this.byId = new Map(doings.map((doing) => [doing.id, doing]));
    this.current = doings[0];
  }

  get where(): { readonly node?: string; readonly phase?: string; readonly step?: string } {
    const work = this.current?.work;
    return work ? { node: work.node.name, phase: work.phase, step: work.step.name } : {};
  }

  /** Whether any change was begun. */
  get begun(): boolean {
    return this.startedAt.size > 0;
  }

  begin(id: string): void {
    const doing = this.byId.get(id);
    if (!doing) return;
    this.current = doing;
    this.startedAt.set(id, performance.now());
    this.context.emit({ type: 'change-started', ...eventOf(doing) });
  }

  end(id: string, code: number): void {
    const doing = this.byId.get(id);
    const startedAt = this.startedAt.get(id);
    if (!doing || startedAt === undefined || code !== 0) return;
    this.context.emit({
      type: 'change-done',
      ...eventOf(doing),
      ms: Math.round(performance.now() - startedAt),
    });
  }
}

function eventOf({ work, change }: Doing): { phase: string; step: string; node: string; summary: string } {
  return { phase: work.phase, step: work.step.id, node: work.node.name, summary: change.summary };
}

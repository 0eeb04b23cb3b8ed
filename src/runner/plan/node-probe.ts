import type { Ownership } from '../../layers/step.js';
import type { Part } from '../../remote/part.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import type { Question } from '../../remote/question.js';
import { claimsOf } from './claims.js';
import type { StepWork } from './work.js';

interface StepProbe {
  readonly work: StepWork;
  /** Whether the step is needed; missing if it always is. */
  readonly when: Part<boolean> | undefined;
  readonly part: Part<unknown>;
}

interface OwnersProbe {
  readonly node: string;
  readonly ownership: Ownership;
  readonly part: Part<unknown>;
}

/** What to ask one node: what its steps see, and who owns what they would write. */
export interface NodeProbe {
  readonly steps: readonly StepProbe[];
  readonly owners: readonly OwnersProbe[];
  /** All of it, to be put into a program. */
  readonly fragments: readonly Fragment[];
}

const hasSucceeded = ({ code }: FragmentReply): boolean => code === 0;

const readOnly = <T>(id: string, question: Question<T>): Part<T> => ({ id, readOnly: true, ...question });

/** `works`: of one node. */
export function probeOf(works: readonly StepWork[]): NodeProbe {
  const steps = works.map((work): StepProbe => {
    const { id, when } = work.step;
    return {
      work,
      when: when === undefined ? undefined : readOnly(`when.${id}`, { script: when, parse: hasSucceeded }),
      part: readOnly(`probe.${id}`, work.kind.probe(work.context)),
    };
  });
  const owners = claimsOf(works).map(
    ({ ownership, claim }): OwnersProbe => ({
      node: claim.node.name,
      ownership,
      part: readOnly(`owners.${ownership.name}`, ownership.probe(claim)),
    }),
  );
  const fragments = [
    ...steps.flatMap(({ when, part }) => (when === undefined ? [part] : [when, part])),
    ...owners.map(({ part }) => part),
  ];
  return { steps, owners, fragments };
}

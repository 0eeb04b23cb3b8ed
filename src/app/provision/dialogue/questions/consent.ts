import { question } from './common.js';

export const rehearse = question<'rehearse'>({
  key: 'rehearse',
  kind: 'yes',
  help: 'whether to rehearse on disposable machines before the real ones',
  isOpen: ({ answers, seen }) => seen.rehearsalObstacle === undefined && answers.rehearse === undefined,
  text: () => 'Rehearse on disposable machines first? (touches nothing real)',
  suggest: () => true,
  unattended: false,
});

export const apply = question<'apply'>({
  key: 'apply',
  kind: 'yes',
  help: 'whether to apply the plan',
  isOpen: ({ answers }) => answers.apply === undefined,
  text: () => 'Apply this to the real machines?',
  suggest: () => false,
  unattended: false,
});

import { createRecord } from '../../../src/render/report/record.js';
import { compareRuns, isSame } from '../../../src/render/runs/compare.js';
import { GO_RUN } from '../../support/events.js';
import { recordOf } from '../helpers.js';

it('finds a run the same as itself', () => {
  expect(isSame(compareRuns(recordOf(GO_RUN), recordOf(GO_RUN)))).toBe(true);
});

it('calls nothing the same whose start is missing', () => {
  const differences = compareRuns(createRecord(), createRecord());
  expect(differences).toMatchObject({ inventory: true, playbook: true });
  expect(isSame(differences)).toBe(false);
});

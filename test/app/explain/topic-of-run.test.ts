import { topicOfRun } from '../../../src/app/explain/topic-of-run.js';
import type { Playbook } from '../../../src/playbook/types.js';
import { recordOf } from '../../render/helpers.js';
import { FAILED_RUN, GO_RUN, STOP_RUN } from '../../support/events.js';

const playbookWith = (kind: string) =>
  ({ phases: [{ name: 'verify', gates: [{ name: 'ping every pair', kind }] }] }) as unknown as Playbook;

it.each([
  ['a failed step: its error', FAILED_RUN, 'ping', 'E_DISK_FULL'],
  ['a STOP: the kind of its gate', STOP_RUN, 'ping', 'ping'],
  ['a STOP of a gate without a page', STOP_RUN, 'of-a-plugin', undefined],
  ['GO', GO_RUN, 'ping', undefined],
])('%s', (_what, events, kind, topic) => {
  expect(topicOfRun(recordOf(events), playbookWith(kind))).toBe(topic);
});

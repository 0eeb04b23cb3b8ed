import {
  armFragment,
  listRunsFragment,
  NO_TOUCHES,
  stateFragment,
  undoFragment,
} from '../../src/guard/index.js';

const RUN = '20261121-101500-aaaaaa';

describe('what is asked of a guard', () => {
  it.each([0, -1, 1.5, Number.NaN])('cannot be %d seconds', (seconds) => {
    expect(() => armFragment({ run: RUN, phase: 'p', seconds, touches: NO_TOUCHES })).toThrow(TypeError);
  });
  it('cannot be a path of two lines', () => {
    const touches = { ...NO_TOUCHES, files: ['/etc/a\n/etc/b'] };
    expect(() => armFragment({ run: RUN, phase: 'p', seconds: 9, touches })).toThrow(/one line/);
  });
  it('is not answered by silence', () => {
    const reply = { id: 'guard.state', code: 0, stdout: '', stderr: '' };
    expect(() => stateFragment(RUN).parse(reply)).toThrow(/can't read the state of its guard/);
    expect(() => listRunsFragment().parse({ ...reply, code: 1, stderr: 'no' })).toThrow(/: no$/);
    expect(armFragment({ run: RUN, phase: 'p', seconds: 9, touches: NO_TOUCHES }).parse(reply).kind).toBe(
      'refused',
    );
    expect(undoFragment(RUN).parse(reply).kind).toBe('refused');
  });
});

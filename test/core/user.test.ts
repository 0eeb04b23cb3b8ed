import { homeOf } from '../../src/core/user.js';

describe('the home folder', () => {
  it('is $HOME, else that of the user', () => {
    const user = () => ({ home: '/home/ops' });
    expect([homeOf({ HOME: '/srv' }, user), homeOf({ HOME: '' }, user), homeOf({}, user)]).toEqual([
      '/srv',
      '/home/ops',
      '/home/ops',
    ]);
  });

  it('has to be said for a user that the system does not know', () => {
    expect(() => homeOf({}, () => ({ home: undefined }))).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        details: expect.objectContaining({ fix: expect.stringContaining('HOME') }),
      }),
    );
  });
});

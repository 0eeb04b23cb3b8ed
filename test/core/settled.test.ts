import { rejections } from '../../src/core/settled.js';

it('keeps the reasons of those that failed, in their order', async () => {
  const settled = await Promise.allSettled([Promise.reject('a'), Promise.resolve(1), Promise.reject('b')]);
  expect(rejections(settled)).toEqual(['a', 'b']);
});

import { FrameReader } from '../../src/remote/frames.js';

const stream = Buffer.from(
  'noise\n@n1 begin a\nfirst é\n@n1x not a mark\n\n@n1 end a 0\n\n@n1 begin b\n\n@n1 end b 1\n\n@n1 done\n',
);

describe('FrameReader', () => {
  it.each([1, 2, 3, 7, 1000])('reads the same in chunks of %i bytes', (size) => {
    const began: string[] = [];
    const reader = new FrameReader('n1', { onBegin: (id) => began.push(id) });
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
    expect(Object.fromEntries(reader.outputs)).toEqual({
      a: { code: 0, text: 'first é\n@n1x not a mark\n' },
      b: { code: 1, text: '' },
    });
    expect(began).toEqual(['a', 'b']);
    expect(reader.done).toBe(true);
  });
});

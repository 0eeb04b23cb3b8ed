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

  it('does not wait for the end of a line that begins like a mark and never ends', () => {
    const reader = new FrameReader('n1');
    reader.push(Buffer.from('\n@n1 begin a\n\n@n1 end a'));
    const started = performance.now();
    for (let sent = 0; sent < 16e6; sent += 32_768) reader.push(Buffer.alloc(32_768, 'x'));
    expect(performance.now() - started).toBeLessThan(2000);
    reader.push(Buffer.from('\n@n1 end a 0\n'));
    expect(reader.outputs.get('a')?.text).toHaveLength(16_023_552 + '\n@n1 end a'.length);
  });
});

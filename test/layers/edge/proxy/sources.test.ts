import { letIn } from '../../../../src/layers/edge/proxy/sources.js';
import { inRange } from '../../../../src/model/address.js';

describe('who is let in', () => {
  it.each<[readonly string[] | undefined, readonly string[] | undefined, readonly string[] | undefined]>([
    [undefined, undefined, undefined],
    [undefined, [], undefined],
    [['192.0.2.0/24'], undefined, ['192.0.2.0/24']],
    [['192.0.2.0/24'], ['192.0.0.0/16'], []],
    [['192.0.2.0/30'], ['192.0.2.2/32'], ['192.0.2.0/31', '192.0.2.3/32']],
    [['2001:db8::/126'], ['2001:db8::/128', '192.0.2.0/24'], ['2001:db8::1/128', '2001:db8::2/127']],
  ])('%j without %j', (allow, deny, ranges) => {
    expect(letIn(allow, deny)).toEqual(ranges);
  });

  it('is everyone but those denied, in both families', () => {
    const ranges = letIn(undefined, ['203.0.113.7/32', '2001:db8::/32']) ?? [];
    const allowed = (address: string) => ranges.some((range) => inRange(address, range));
    expect(['203.0.113.6', '203.0.113.8', '1.2.3.4', '2001:db9::1'].map(allowed)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['203.0.113.7', '2001:db8::1'].map(allowed)).toEqual([false, false]);
    expect(ranges.length).toBe(32 + 32);
  });
});

import { faultOf } from '../../../../src/app/provision/dialogue/course.js';
import type { Key } from '../../../../src/app/provision/dialogue/types.js';
import { ADDED, converse, S3 } from './driver.js';

describe('answers that are wrong', () => {
  const world = converse({ ...S3, isStrange: false }, undefined, 3).talk.world;
  it.each<[Key, unknown, RegExp]>([
    ['machines', [], /at least one/],
    ['machines', ['-oProxyCommand=x'], /is not a host/],
    ['hostKeys', ['MD5:00'], /SHA256/],
    ['leaveOut', ['wk-9'], /no machine named "wk-9"; choose from: ctb-edge-1, ms-1/],
    ['found', 'maybe', /not a choice here; choose from: right, names/],
    ['names', { 'ms-1': 'all' }, /means something else/],
    ['names', { 'ms-1': 'x', 'wk-1': 'x' }, /two machines have the same name/],
    ['sites', { nobody: 'home' }, /no machine named "nobody"/],
    ['public', { home: '203.0.113.300' }, /above 255/],
    ['clients', ['ms-1'], /is a machine already/],
    ['clients', ['My Phone'], /lower-case/],
    ['range', ['192.168.15.0/25'], /overlaps 192.168.15.0\/24, which ms-1 has a route to/],
    ['range', ['10.9.0.7/24'], /host bits; write 10.9.0.0\/24/],
    ['range', ['10.9.0.0/30'], /too few addresses for 4 members/],
    ['port', 70_000, /1 to 65535/],
    ['interface', 'a/b', /1 to 15/],
    ['name', 'Home Net', /lower-case/],
  ])('%s %j', (key, value, message) => {
    expect(faultOf(key, value as never, world)).toMatch(message);
  });
});

describe('answers that are wrong for an inventory that is there', () => {
  const { world } = converse(ADDED, undefined, 5).talk;
  it.each<[Key, unknown, RegExp]>([
    ['existing', 'merge', /not a choice here; choose from: keep, add, anew/],
    ['network', 'home', /not a choice here; choose from: mesh, spare/],
    [
      'machines',
      ['wk-1', 'root@198.51.100.25'],
      /root@198.51.100.25 is in the inventory already, as ctb-edge-1/,
    ],
    ['machines', Array.from({ length: 253 }, (_, n) => `m-${n}`), /mesh has too few addresses left/],
    ['names', { 'wk-1': 'ms-1' }, /"ms-1" is in the inventory already/],
  ])('%s %j', (key, value, message) => {
    expect(faultOf(key, value as never, world)).toMatch(message);
  });
});

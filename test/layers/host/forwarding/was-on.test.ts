import { MARK_KEY } from '../../../../src/layers/host/forwarding/closed.js';
import { FORWARDING_KEYS } from '../../../../src/layers/host/forwarding/switches.js';
import { WAS_ON, wereOn } from '../../../../src/layers/host/forwarding/was-on.js';

const OWN = '/etc/sysctl.d/99-bridgehead-forwarding-wg0.conf:';

describe('what was on before Bridgehead', () => {
  const now = new Map([
    [FORWARDING_KEYS[4], '1'],
    [FORWARDING_KEYS[6], '0'],
    [MARK_KEY, '1'],
  ]);

  it('is what is on while no file of ours is there, the marks among it', () => {
    expect(wereOn('/proc/sys/net/ipv4/ip_forward:1\n', now)).toEqual([FORWARDING_KEYS[4], MARK_KEY]);
  });

  it('is what our files have noted, and nothing else, once they are there', () => {
    expect(wereOn(`${OWN}${MARK_KEY} = 1\n`, now)).toEqual([]);
    expect(wereOn(`${OWN}${WAS_ON}${MARK_KEY} = 1\n`, now)).toEqual([MARK_KEY]);
  });

  it('is what is on while our files set nothing', () => {
    expect(wereOn(`${OWN}# Managed\n`, now)).toEqual([FORWARDING_KEYS[4], MARK_KEY]);
  });
});

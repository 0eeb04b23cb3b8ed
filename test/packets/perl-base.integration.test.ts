import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { GATE_KINDS } from '../../src/layers/index.js';
import prelude from '../../src/packets/prelude.pl';
import { askGate, gateContext, nodeOf, stops } from '../layers/wireguard/gates/fixture.js';
import { canMount } from '../support/can-mount.js';
import { SHELLS } from '../support/shells.js';
import { verdictOn } from '../support/verdict-on.js';

const PERL = readdirSync('/usr/lib').flatMap((folder) =>
  folder.includes('-linux-') ? [`/usr/lib/${folder}/perl`] : [],
);

/** A Debian of only essential packages: perl-base, without Time::HiRes and the rest of perl's modules. */
const BARE = `for folder in ${PERL.join(' ')} /usr/share/perl /usr/share/perl5; do
[ -d $folder ] && mount -t tmpfs tmpfs $folder; done
! perl -e 'require Time::HiRes' 2>/dev/null || echo unexpected
ip link set lo up
for last in 11 12 13 14; do ip addr add 172.27.15.$last/32 dev lo; done`;

(canMount ? describe : describe.skip)('with perl-base alone', () => {
  const [dash] = SHELLS;
  if (!dash) throw new Error('no shell');

  it.each(['ping', 'endpoints', 'transfer'])('%s runs', (name) => {
    const kind = GATE_KINDS.get(name);
    if (!kind) throw new Error(name);
    const context = gateContext<unknown>({}, { measured: ['ms-1'], patience: 1 });
    const answer = askGate(dash, kind, context, nodeOf('ms-1'), {
      under: ['unshare', '-m', '-n'],
      before: BARE,
    });
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).not.toContain('unexpected');
    expect(stops(verdictOn(kind, context, new Map([['ms-1', answer]])))).toEqual([]);
  });

  it('has a clock that ticks more often than /proc/uptime', () => {
    const ticks = `${prelude}
my $least = 1;
for (1 .. 100) {
  my ($from, $to) = (now());
  do { $to = now() } while $to == $from;
  $least = $to - $from if $to - $from < $least;
}
printf "%.6f", $least;`;
    const { stdout, stderr } = spawnSync('unshare', ['-m', '-n', 'sh', '-c', `${BARE}\nexec perl -`], {
      input: ticks,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(Number(stdout)).toBeLessThan(0.005);
  });
});

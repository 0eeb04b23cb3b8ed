import { fileStep } from '../../../../src/layers/host/steps/file.js';
import { type SysctlParams, sysctlStep } from '../../../../src/layers/host/steps/sysctl.js';
import { standalone } from '../../../../src/remote/script.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

const ROUTE = 'default via fe80::1 dev eth0.5 proto ra metric 1024 expires 1700sec hoplimit 64 pref medium';
const OTHER = 'default via fd00::1 dev wan0 metric 1024 pref medium';
const accept = (value: number): string => `/proc/sys/net/ipv6/conf/eth0.5/accept_ra:${value}`;
const ACCEPT_RA = 'net.ipv6.conf.eth0/5.accept_ra';

interface Machine {
  readonly live?: readonly string[];
  readonly boot?: readonly string[];
  /** The step's own file. */
  readonly file?: string;
}

function probed({ live = [], boot = [], file }: Machine): string {
  const own =
    file === undefined ? 'absent' : `present 81a4 0 root 0 root ${file.length}\ncontent\n${file}\n.`;
  return ['@@ part boot', ...boot, '@@ part advertisements', ...live, '@@ part file', own, ''].join('\n');
}

function sysctl(values: SysctlParams['values'], machine: Machine, forwarding = '0') {
  const context = stepContext<SysctlParams>({ values, file: '/etc/sysctl.d/50-router.conf' });
  const now = `@@ part live\n/proc/sys/net/ipv6/conf/all/forwarding:${forwarding}\n`;
  const reply = { id: 's', code: 0, stdout: now + probed(machine), stderr: '' };
  const seen = sysctlStep.probe(context).parse(reply);
  return {
    refused: (sysctlStep.refuse?.(context, seen, NO_FACTS) ?? []).map(({ message }) => message),
    changes: sysctlStep.plan(context, seen, NO_FACTS),
  };
}

const FORWARD = { 'net.ipv6.conf.all.forwarding': 1 };

describe('a default route that comes from router advertisements', () => {
  it.each(['all', 'default', 'eth0/5'])('is kept when net.ipv6.conf.%s.forwarding is set', (name) => {
    const values = { [`net.ipv6.conf.${name}.forwarding`]: 1 };
    const { refused, changes } = sysctl(values, { live: [ROUTE, accept(1)] });
    expect(refused).toEqual([]);
    expect(changes[0]?.diff).toContain(`+${ACCEPT_RA} = 2\n+net.ipv6.conf.${name}.forwarding = 1`);
    const script = changes[1]?.script ?? '';
    const at = (key: string): number => script.indexOf(`write '${key}'`);
    expect(at(ACCEPT_RA)).toBeGreaterThan(0);
    expect(at(ACCEPT_RA)).toBeLessThan(at(`net.ipv6.conf.${name}.forwarding`));
  });

  it.each<[string, readonly string[]]>([
    ['there is none', []],
    ['another program than the kernel takes it in', [ROUTE, accept(0)]],
    ['all default routes are static', [OTHER, accept(1)]],
  ])('needs nothing where %s', (_what, live) => {
    expect(
      sysctl(FORWARD, { live })
        .changes.map(({ diff }) => diff)
        .join('\n'),
    ).not.toContain('accept_ra');
  });

  it('is still looked after when no router answers just now', () => {
    const file = `# Managed by Bridgehead: changes made by hand are overwritten.\n${ACCEPT_RA} = 2\nnet.ipv6.conf.all.forwarding = 1\n`;
    expect(sysctl(FORWARD, { live: [accept(2)], file }, '1')).toEqual({ refused: [], changes: [] });
  });

  it.each<[string, SysctlParams['values']]>([
    ['forwarding with accept_ra = 1', { ...FORWARD, [ACCEPT_RA]: 1 }],
    ['accept_ra = 0', { [ACCEPT_RA]: 0 }],
    ['accept_ra_defrtr = 0', { 'net.ipv6.conf.eth0/5.accept_ra_defrtr': 0 }],
  ])('is not ended by %s, unless there is another', (_what, values) => {
    const live = [ROUTE, accept(1)];
    expect(sysctl(values, { live }).refused).toEqual([
      'these values would remove the only IPv6 default route, which eth0.5 has from router advertisements',
    ]);
    const { refused, changes } = sysctl(values, { live: [...live, OTHER] });
    expect(refused).toEqual([]);
    expect(changes.at(-1)?.disruption).toEqual({
      level: 'brief',
      detail: 'ends the advertised IPv6 default route by eth0.5',
    });
  });

  it('asks nothing if no setting concerns it', () => {
    const probe = (values: SysctlParams['values']) =>
      standalone(sysctlStep.probe(stepContext({ values })).script);
    expect(probe({ 'net.ipv4.ip_forward': 1 })).not.toContain('ip -6');
    expect(probe(FORWARD)).toContain('ip -6');
  });
});

describe('a value that another file sets back', () => {
  it('is refused before anything is changed, with file, line and fix', () => {
    const boot = [
      'boot /etc/sysctl.d/zz-local.conf',
      '/etc/sysctl.d/zz-local.conf:3:net/ipv6/conf/all/forwarding=0',
    ];
    expect(sysctl(FORWARD, { boot }).refused).toEqual([
      'net.ipv6.conf.all.forwarding = 1 would not last: /etc/sysctl.d/zz-local.conf, line 3 sets net.ipv6.conf.all.forwarding = 0 at the next boot',
    ]);
  });

  it('is fine in a file that is read before, or says the same', () => {
    const boot = [
      '/etc/sysctl.d/10-first.conf:1:net.ipv6.conf.all.forwarding=0',
      '/etc/sysctl.d/zz-local.conf:1:net.ipv6.conf.all.forwarding = 1',
    ];
    expect(sysctl(FORWARD, { boot }).refused).toEqual([]);
  });
});

describe('a file that is read at boot', () => {
  const refused = (content: string | undefined, machine: Machine, path = '/etc/sysctl.d/60-x.conf') => {
    const params = content === undefined ? { path, state: 'absent' as const } : { path, content };
    const context = stepContext<Parameters<NonNullable<typeof fileStep.refuse>>[0]['params']>(params);
    const stdout = `@@ part routes\n${probed(machine)}`;
    const seen = fileStep.probe(context).parse({ id: 'f', code: 0, stdout, stderr: '' });
    return (fileStep.refuse?.(context, seen, NO_FACTS) ?? []).map(({ fix }) => fix);
  };
  const live = [ROUTE, accept(1)];
  const FIX = `put ${ACCEPT_RA} = 2 into /etc/sysctl.d/60-x.conf, above the line that turns forwarding on`;

  it.each<[string, string | undefined, Machine, readonly string[]]>([
    ['switches forwarding on', 'net.ipv6.conf.all.forwarding=1\n', { live }, [FIX]],
    ['switches it on by a wildcard', 'net.ipv6.conf.*.forwarding = 1\n', { live }, [FIX]],
    ['switches it on for one card', 'net/ipv6/conf/eth0.5/forwarding = 1\n', { live }, [FIX]],
    ['sets accept_ra as well', `${ACCEPT_RA}=2\nnet.ipv6.conf.all.forwarding=1\n`, { live }, []],
    [
      'leaves accept_ra to a file that is there',
      'net.ipv6.conf.all.forwarding=1\n',
      { live, boot: [`/etc/sysctl.d/10-ra.conf:1:${ACCEPT_RA} = 2`] },
      [],
    ],
    [
      'has a static route to fall back on',
      'net.ipv6.conf.all.forwarding=1\n',
      { live: [...live, OTHER] },
      [],
    ],
    ['is a comment', '# net.ipv6.conf.all.forwarding=1\n', { live }, []],
    [
      'changes nothing about what others do',
      'net.ipv6.conf.all.forwarding=1\n',
      { live, boot: ['/etc/sysctl.d/10-x.conf:1:net.ipv6.conf.all.forwarding=1'] },
      [],
    ],
    [
      'held accept_ra, and goes',
      undefined,
      {
        live: [ROUTE, accept(2)],
        boot: [
          '/etc/sysctl.d/10-x.conf:1:net.ipv6.conf.all.forwarding=1',
          '/etc/sysctl.d/10-x.conf:2:net.ipv6.conf.*.accept_ra=1',
          `/etc/sysctl.d/60-x.conf:1:${ACCEPT_RA}=2`,
        ],
      },
      [FIX],
    ],
  ])('and %s', (_what, content, machine, expected) => {
    expect(refused(content, machine)).toEqual(expected);
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { saysTheSameOfAllHosts } from '../../../src/ssh/config/scope.js';
import { folder } from '../support/folder.js';

const HOSTS = ['edge.example.net', 'db.lan', '10.0.0.7'];
const CONFIGURATIONS = 1000;
const FILES = ['config', 'more', 'conf.d/a.conf', 'conf.d/b', 'with space'];

/** Each in a folder of its own, `$d/.ssh/config`; what ssh says about each host is in `$d/HOST` afterwards. */
const ASK = `for d in "$@"; do
for host in ${HOSTS.join(' ')}; do
HOME=$d ssh -G -F "$d/.ssh/config" -- $host >"$d/$host" 2>/dev/null || echo "refused" >>"$d/$host"
done
done`;

const pick = fc.constantFrom;

/** The same for all hosts, if ssh takes it at all. */
const plain = fc.tuple(
  pick(
    ...[
      'User ops',
      'Port 2200',
      'IdentityFile ~/.ssh/id',
      'IdentityFile none',
      `IdentityAgent \${HOME}/agent`,
    ],
    ...['IdentitiesOnly yes', 'ServerAliveInterval 5', 'SendEnv LANG LC_*', 'SetEnv A=b', 'LogLevel ERROR'],
    ...['ProxyCommand none', 'ProxyCommand nc edge 22', 'HostKeyAlias edge', 'UserKnownHostsFile /k ~/.k'],
    ...['LocalForward 8080 localhost:80', 'ControlPath none', 'ControlMaster auto', 'ForwardAgent yes'],
    ...['CanonicalDomains example.net lan', 'CanonicalizeMaxDots 0', 'CanonicalizeFallbackLocal no'],
    ...['AddressFamily inet', 'BindAddress 127.0.0.1', 'NoHostAuthenticationForLocalhost yes', 'Tag x'],
    ...['KnownHostsCommand none', 'RequestTTY no', 'CertificateFile ~/.ssh/cert', 'StrictHostKeyChecking no'],
  ),
  pick('', ' ', '\t', '\r'),
);

const pattern = pick(
  ...[
    '*',
    '*',
    '?*',
    '*.*',
    'edge*',
    '*.example.net',
    '!edge*',
    '!*.lan',
    '10.*',
    '10.0.0.7',
    '!*',
    'db.lan',
    '"*"',
  ],
  ...['**', '*.???', '!nobody'],
);
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });

const host = patterns.map((all) => `Host ${all.join(' ')}`);
const match = fc
  .array(
    fc.oneof(
      pick('all', 'final', 'canonical', 'user root', 'localuser root', 'exec true', '!exec false', '!final'),
      fc
        .tuple(pick('host', 'originalhost', '!host', '!originalhost'), patterns)
        .map(([what, all]) => `${what} ${all.join(',')}`),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) => `Match ${all.join(' ')}`);

const token = fc
  .tuple(
    pick('ControlPath ~/', 'UserKnownHostsFile /k/', 'IdentityFile ~/.ssh/', 'HostName ', 'ProxyCommand nc '),
    pick('%h', '%n', '%C', '%k', '%%', '%d', '%h.example.net', '%u', '%r@%h', '%p'),
  )
  .map((all) => all.join(''));

const include = fc
  .tuple(
    pick('', '', 'missing '),
    pick(
      ...[
        'more',
        '~/.ssh/more',
        'HOME/.ssh/more',
        '"more"',
        '"with space"',
        'conf.d/*',
        'conf.d/*.conf',
        'conf.d/?',
      ],
      ...[
        'conf.d/a.conf conf.d/b',
        'missing',
        '~/.ssh/conf.d/*',
        '[m]ore',
        'm\\ore',
        'mo"re"',
        `\${HOME}/.ssh/more`,
      ],
    ),
  )
  .map(([before, path]) => `Include ${before}${path}`);

const rest = pick(
  ...[
    'CanonicalizeHostname no',
    'CanonicalizeHostname "no"',
    'CanonicalizeHostname yes',
    'CanonicalizeHostname always',
  ],
  ...[
    'CanonicalizePermittedCNAMEs none',
    'CanonicalizePermittedCNAMEs *:*.lan',
    'ProxyJump edge.example.net',
  ],
  ...['ProxyJump none', 'HostName 10.0.0.1', '# Host edge', '', 'garbage', 'IgnoreUnknown garbage'],
  ...['Host *', 'Host "*"', 'Match all'],
);

/** Now and then in another case, with another separator, indented, quoted or with a comment. */
const style = pick<(line: string) => string>(
  ...[(line: string) => line, (line: string) => line, (line: string) => line, (line: string) => `  ${line}`],
  (line) => line.toLowerCase(),
  (line) => line.toUpperCase(),
  (line) => line.replace(' ', '='),
  (line) => line.replace(' ', '\t = '),
  (line) => line.replace(/ (.*)$/, ' "$1"'),
  (line) => line.replace(/^(\w+)/, '"$1"'),
  (line) => `${line} # all`,
  (line) => `${line}\r`,
);

const line = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: plain.map((all) => all.join('')) },
      { weight: 4, arbitrary: include },
      { weight: 4, arbitrary: rest },
      { weight: 1, arbitrary: host },
      { weight: 1, arbitrary: match },
      { weight: 1, arbitrary: token },
    ),
    style,
  )
  .map(([text, change]) => change(text));

/** The lines of each of FILES, the main one first. */
const configuration = fc.tuple(
  fc.array(line, { maxLength: 6 }),
  ...FILES.slice(1).map(() => fc.array(line, { maxLength: 2 })),
);

/** What ssh says of a host, but for the host itself. */
const answerOf = (path: string, name: string): string =>
  readFileSync(join(path, name), 'utf8').replaceAll(/^(host|hostname) .*\n/gm, '');

it('ssh says the same of all hosts by each of 1,000 configurations of which that is expected', async () => {
  const seed = Date.now();
  const root = folder();
  const expected = fc.sample(configuration, { numRuns: CONFIGURATIONS, seed }).flatMap((files, index) => {
    const path = join(root, `${index}`);
    mkdirSync(join(path, '.ssh/conf.d'), { recursive: true });
    for (const [n, name] of FILES.entries()) {
      writeFileSync(join(path, '.ssh', name), (files[n] ?? []).join('\n').replaceAll('HOME/', `${path}/`));
    }
    const home = { path, passwd: path, env: { HOME: path } };
    return saysTheSameOfAllHosts(home, join(path, '.ssh/config')) ? [path] : [];
  });
  const halves = [0, 1].map((half) => expected.filter((_, index) => index % 2 === half));
  await Promise.all(halves.map((paths) => promisify(execFile)('sh', ['-c', ASK, 'sh', ...paths])));

  const wrong = expected.filter((path) => new Set(HOSTS.map((name) => answerOf(path, name))).size > 1);
  const shown = wrong.map((path) => FILES.map((name) => readFileSync(join(path, '.ssh', name), 'utf8')));
  expect({ seed, shown }).toEqual({ seed, shown: [] });
  // Else nothing was asked.
  const taken = expected.filter((path) => !answerOf(path, 'db.lan').endsWith('refused\n'));
  expect(taken.length).toBeGreaterThan(CONFIGURATIONS / 10);
}, 120_000);

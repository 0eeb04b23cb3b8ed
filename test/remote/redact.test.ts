import { readFileSync } from 'node:fs';
import { redact, withoutSecrets } from '../../src/remote/redact.js';

const KEY = 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=';
const HEX = 'c803a7e4531f95c97b26d78b63a7f3ce530dabe1776ad8a1422040817fdf066f';
const BLOCK =
  '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----';

it.each([
  [`Line unrecognized: \`PrivateKey=${KEY}'`, "Line unrecognized: `PrivateKey=[redacted]'"],
  [`+PresharedKey = ${KEY}\n+AllowedIPs`, '+PresharedKey = [redacted]\n+AllowedIPs'],
  [`private_key=${HEX}\n`, 'private_key=[redacted]\n'],
  [`"psk": "${KEY}"`, '"psk": "[redacted]"'],
  [`before\n${BLOCK}\nafter`, 'before\n[redacted]\nafter'],
  [BLOCK.slice(0, 60), '[redacted]'],
  ['AGE-SECRET-KEY-1QQPQZ', '[redacted]'],
  ['[sudo] password for ops: hunter2', '[sudo] password for ops: [redacted]'],
  ['BECOME password: hunter2\nok', 'BECOME password: [redacted]\nok'],
  ['Enter passphrase: "two words"', 'Enter passphrase: [redacted]'],
  ['DB_PASSWORD=hunter2 ./run', 'DB_PASSWORD=[redacted] ./run'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
  ['fetch https://ops:hunter2@example.net/x', 'fetch https://ops:[redacted]@example.net/x'],
  ['api_key: abcdef', 'api_key: [redacted]'],
  ['fetch https://ghp_abc@github.com/x.git', 'fetch https://[redacted]@github.com/x.git'],
  ['fetch https://ghp_abc:@github.com/x.git', 'fetch https://[redacted]:@github.com/x.git'],
  ['DB_PASS=hunter2 ./run', 'DB_PASS=[redacted] ./run'],
  ['MYSQL_PWD=hunter2 ./run', 'MYSQL_PWD=[redacted] ./run'],
  ['SECRET_KEY=hunter2 ./run', 'SECRET_KEY=[redacted] ./run'],
  ['AWS_SECRET_ACCESS_KEY=hunter2', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  ['run --password hunter2 --quiet', 'run --password [redacted] --quiet'],
  ["run --db-password 'two words' x", 'run --db-password [redacted] x'],
  [
    "Key is not the correct length or format: `hunter2'\nConfiguration parsing error",
    'Key is not the correct length or format: [redacted]\nConfiguration parsing error',
  ],
  [`Line unrecognized: \`PrivateKey=${KEY.slice(0, 43)}'`, "Line unrecognized: `PrivateKey=[redacted]'"],
  [`PrivateKey = /${KEY.slice(0, 42)}`, 'PrivateKey = [redacted]'],
  [`PresharedKey = ${KEY.slice(0, 30)}\n`, 'PresharedKey = [redacted]\n'],
  ['Enter passphrase: two words\nok', 'Enter passphrase: [redacted]\nok'],
  [
    "Enter passphrase for key '/root/.ssh/id_ed25519': two words",
    "Enter passphrase for key '/root/.ssh/id_ed25519': [redacted]",
  ],
  ['clone with ghp_abcdefghijklmnopqrst0123', 'clone with [redacted]'],
  ['glpat-abcdefghijklmnopqrst-0 is refused', '[redacted] is refused'],
  ['sent eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ_0 back', 'sent [redacted] back'],
  ['curl -fsS -u ops:hunter2 https://x/y', 'curl -fsS -u ops:[redacted] https://x/y'],
  ["curl --user 'ops:hunter2' https://x", "curl --user 'ops:[redacted]' https://x"],
  ['sshpass -p hunter2 ssh x', 'sshpass -p [redacted] ssh x'],
  ['machine x login ops password hunter2', 'machine x login ops password [redacted]'],
  ['  psk="hunter22"', '  psk=[redacted]'],
])('%j loses its secret', (text, clean) => {
  expect(redact(text)).toBe(clean);
  expect(redact(clean)).toBe(clean);
});

it.each([
  `password ${'a-'.repeat(200_000)}`,
  `password ${'-'.repeat(400_000)}`,
  `passphrase for ${'a/'.repeat(200_000)}`,
  `token ${'https://'.repeat(50_000)}`,
  `${'curl '.repeat(80_000)}`,
  `password ${'login x '.repeat(50_000)}`,
  `psk${' '.repeat(200_000)}`,
])('a long text of what begins like a secret stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

it('no pattern has two endless runs of blanks with nothing certain between, which takes the square of their length', () => {
  const source = readFileSync('src/remote/redact.ts', 'utf8');
  const blanks = String.raw`(?:\\s|\[ \\t(?:\\n)?\])[*+]`;
  const optional = String.raw`(?:\[[^\]\n]*\]|\\?.)[?*]`;
  expect(source.match(new RegExp(`${blanks}(?:${optional})*${blanks}`, 'g'))).toBeNull();
});

it.each([
  `600 root, public key ${KEY}`,
  `PublicKey = ${KEY}`,
  'PostUp = wg set %i private-key /etc/wireguard/%i.key',
  'sudo password: /root/none does not exist',
  '[sudo] password for ops: Sorry, try again.',
  'PasswordAuthentication yes',
  'password: true',
  'Permission denied (publickey,password).',
  'make a private key in /etc/wireguard/wg0.key',
  'https://example.net:8080/x@y',
  'git clone ssh://git@example.net/x.git',
  'PWD=/root OLDPWD=/tmp',
  '  private key: (hidden)',
  'private key: missing on vps',
  'private_key: /etc/wireguard/keys/homeserverofthefamily',
  'pass --password-file /etc/x, or --password to be asked',
  'Enter passphrase for key: /root/.ssh/none does not exist',
  'bypass: on 3 of 4',
  'docker run --user 1000:1000 curl',
  'curl -fsS https://example.net/key',
  'psk: missing on vps',
  'the login of ops with a password',
])('%j stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

it('a text without a secret stays as it is, controls and all, and one with a secret loses both', () => {
  expect(withoutSecrets('a\u001b[1mb')).toBe('a\u001b[1mb');
  expect(withoutSecrets(`Pri\u001b[1mvateK\u202eey = ${KEY}`)).toBe('PrivateKey = [redacted]');
});

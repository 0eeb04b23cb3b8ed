import { redact } from '../../src/remote/redact.js';

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
])('%j loses its secret', (text, clean) => {
  expect(redact(text)).toBe(clean);
  expect(redact(clean)).toBe(clean);
});

it.each([
  `password ${'a-'.repeat(200_000)}`,
  `password ${'-'.repeat(400_000)}`,
  `passphrase for ${'a/'.repeat(200_000)}`,
  `token ${'https://'.repeat(50_000)}`,
])('takes no longer than the text is long', (text) => {
  const begun = performance.now();
  expect(redact(text)).toBe(text);
  expect(performance.now() - begun).toBeLessThan(1000);
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
])('%j stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

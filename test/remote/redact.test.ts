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
])('%j loses its secret', (text, clean) => {
  expect(redact(text)).toBe(clean);
  expect(redact(clean)).toBe(clean);
});

it('takes no longer than the text is long', () => {
  const text = `password ${'a-'.repeat(200_000)}`;
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
])('%j stays as it is', (text) => {
  expect(redact(text)).toBe(text);
});

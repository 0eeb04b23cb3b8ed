import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { jest } from '@jest/globals';
import { Secret } from '../../../src/core/secret.js';
import { qrPng, qrSize, qrText } from '../../../src/render/clients/qr.js';

const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';
const CONFIG = new Secret(`[Interface]
Address = 10.8.0.2/32, fd42:8::2/128
PrivateKey = ${KEY}
DNS = 1.1.1.1
MTU = 1420

[Peer]
PublicKey = ${KEY}
PresharedKey = ${KEY}
AllowedIPs = 0.0.0.0/0, ::/0
Endpoint = 198.51.100.8:51820
PersistentKeepalive = 25
`);
const PIXELS = 6;

jest.setTimeout(30_000);

const decoder = spawnSync('zbarimg', ['--version']).status === 0;
const withDecoder = decoder ? it : it.skip;

/** What a camera reads in an image. */
function decode(image: Buffer): string {
  const { stdout, status } = spawnSync('zbarimg', ['-q', '--raw', '--oneshot', '-Sbinary', '-'], {
    input: image,
  });
  expect(status).toBe(0);
  return stdout.toString();
}

/** The lines of a terminal as a grey image: what a half block covers has the colour of the letters. */
function photograph(text: string, ink: 0 | 255): Buffer {
  const lines = stripVTControlCharacters(text).split('\n').slice(0, -1);
  const paper = 255 - ink;
  const rows = lines.flatMap((line) =>
    [/[█▀]/, /[█▄]/].map((half) => [...line].map((character) => (half.test(character) ? ink : paper))),
  );
  const wide = rows.map((row) => row.flatMap((grey) => Array<number>(PIXELS).fill(grey)));
  const pixels = wide.flatMap((row) => Array<number[]>(PIXELS).fill(row).flat());
  const head = `P5 ${(rows[0]?.length ?? 0) * PIXELS} ${rows.length * PIXELS} 255\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(pixels)]);
}

describe('the QR code of a configuration', () => {
  withDecoder('is decoded from its image to exactly the configuration', async () => {
    expect(decode(await qrPng(CONFIG))).toBe(CONFIG.reveal());
  });

  withDecoder('is decoded from a terminal, black on white', () => {
    expect(decode(photograph(qrText(CONFIG, true), 0))).toBe(CONFIG.reveal());
  });

  withDecoder('is decoded from a dark terminal without colours', () => {
    expect(decode(photograph(qrText(CONFIG, false), 255))).toBe(CONFIG.reveal());
  });

  it('is as large as it says, whatever the bytes are', () => {
    const { columns, rows } = qrSize(CONFIG);
    const lines = stripVTControlCharacters(qrText(CONFIG, true)).split('\n').slice(0, -1);
    expect(lines).toHaveLength(rows);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([columns]));
    const digits = new Secret('7'.repeat(CONFIG.reveal().length));
    expect(qrSize(digits)).toEqual({ columns, rows });
  });

  it('sets its colours on each line, and takes them back', () => {
    for (const line of qrText(CONFIG, true).trimEnd().split('\n')) {
      expect(line.startsWith('\u001b[38;5;16;48;5;231m')).toBe(true);
      expect(line.endsWith('\u001b[0m')).toBe(true);
    }
    expect(qrText(CONFIG, false)).not.toContain('\u001b');
  });
});

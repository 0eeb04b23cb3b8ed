import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { prepareDelivery } from '../../../src/app/clients/deliver-config.js';
import type { Io } from '../../../src/app/terminal/io.js';
import { Secret } from '../../../src/core/secret.js';
import { folderWith } from '../../cli/helpers.js';

const CONFIG = new Secret('x'.repeat(300));

function terminal(columns: number, rows: number) {
  let written = '';
  const stdout = {
    write: (text: string) => {
      written += text;
    },
    isTTY: true,
    columns,
    rows,
  };
  const io: Io = { stdout, stderr: stdout, stdin: { isTTY: true }, env: { NO_COLOR: '1' }, cwd: '.' };
  return { io, written: () => written };
}

describe('handing a configuration over', () => {
  it('says before anything else that the code is too large for the terminal, and offers files', () => {
    const { io, written } = terminal(80, 24);
    expect(() => prepareDelivery(CONFIG, { color: true }, io)).toThrow(
      'the QR code takes 69 columns and 36 lines, and the terminal has 80 and 24',
    );
    expect(written()).toBe('');
  });

  it('shows the code if there is room', async () => {
    const { io, written } = terminal(69, 36);
    await prepareDelivery(CONFIG, { color: true }, io).deliver(CONFIG);
    expect(written()).toContain(' ▄▄▄▄▄ ');
    expect(written()).not.toContain('xxx');
  });

  it('writes files that only their owner can read, under any umask, and then shows no code', async () => {
    const folder = folderWith();
    const [conf, png] = [join(folder, 'c.conf'), join(folder, 'c.png')];
    const { io, written } = terminal(10, 10);
    const old = process.umask(0);
    try {
      const delivery = prepareDelivery(CONFIG, { conf, png, color: true }, io);
      expect(statSync(conf).mode & 0o777).toBe(0o600);
      expect(await delivery.deliver(CONFIG)).toEqual([conf, png]);
      delivery.discard();
    } finally {
      process.umask(old);
    }
    expect(readFileSync(conf, 'utf8')).toBe(CONFIG.reveal());
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
    expect([conf, png].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(written()).toBe('');
  });
});

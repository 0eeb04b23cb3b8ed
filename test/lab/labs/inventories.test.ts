import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BIN } from '../support/bridgehead.js';
import { writeExample } from '../support/example.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(file: string, ...args: readonly string[]): Promise<string> {
  const options = { env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 1 << 24 };
  const { stdout } = await promisify(execFile)(file, args, options).catch(
    // What it says went wrong is in its report.
    (error: Error & { stdout: string }) => {
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    },
  );
  return stdout;
}

const bridgehead = (...args: readonly string[]) => run(process.execPath, BIN, ...args);

describe('a rehearsal ends GO', () => {
  it.each(['two-sites', 'two-homes', 'jump-and-ports', 'six', 'relay'])(
    'for inventory/%s.yaml',
    async (name) => {
      expect(await bridgehead('rehearse', '-i', `inventory/${name}.yaml`)).toMatch(/^rehearsal +GO/m);
    },
  );

  it.each([
    [
      'phone-home',
      /^ {2}GO +phone +http:\/\/192\.168\.1\.100:3000 .*\n +this is lan-1 in home; you came from 192\.168\.1\.10$/m,
    ],
    ['dual-stack', /^verify +ping +- +GO +12 of 12 pairs answer/m],
  ])(
    'for inventory/%s.yaml, after a reboot as well, and a second apply changes nothing',
    async (name, evidence) => {
      const inventory = writeExample(folder, name, `rehearsed-${name}`);
      try {
        const report = await bridgehead('rehearse', '-i', inventory, '--with-reboot', '--keep');
        const [before = '', after = ''] = report.split(/^After a reboot of .*, without an apply:$/m);
        expect(before).toMatch(/^rehearsal +GO/m);
        expect(before).toMatch(evidence);
        expect(after).toMatch(/^ {2}GO +check: (\d+) of \1 gates GO$/m);
        expect(report).not.toMatch(/^ {2}STOP/m);
        const again = /^ {2}bridgehead (lab run .* apply .*)$/m.exec(report)?.[1] ?? 'there is no such line';
        expect(await run('sh', '-c', `"$0" "$1" ${again}`, process.execPath, BIN)).toContain(
          'Nothing to change',
        );
      } finally {
        await bridgehead('lab', 'down', '-i', inventory);
      }
    },
  );

  it('with both families, preshared keys and a way back in the router', async () => {
    const report = await bridgehead(
      'rehearse',
      '-i',
      'test/lab/support/inventories/hub-dual-stack.yaml',
      '--json',
    );
    const seen = report
      .split('\n')
      .filter((line) => line.includes('"client-visited"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(({ go, client, of, url, from }) => `${go} ${client} ${of} ${url} ${from ?? 'closed'}`);
    expect(seen).toEqual([
      'true phone node-a http://10.8.0.3:3000 10.8.0.2',
      'true phone node-a http://[fd42:8::3]:3000 fd42:8::2',
      'true phone lan-1 http://192.168.1.100:3000 10.8.0.2',
      'true phone lan-1 http://[fd15:a::100]:3000 fd42:8::2',
      'true phone the internet http://198.18.0.80 100.65.0.1',
      'true phone the internet http://[2001:db8:ffff:80::80] 2001:db8:ffff:c11e::1',
      'true notebook node-a http://10.8.0.3:3000 10.8.0.5',
      'true notebook node-a http://[fd42:8::3]:3000 fd42:8::5',
      'true notebook lan-1 http://192.168.1.100:3000 10.8.0.5',
      'true notebook lan-1 http://[fd15:a::100]:3000 fd42:8::5',
      'true notebook the internet http://198.18.0.80 198.51.100.8',
      'true notebook the internet http://[2001:db8:ffff:80::80] 2001:db8:8::8',
      'true guest node-a http://10.8.0.3:3000 closed',
      'true guest lan-1 http://192.168.1.100:3000 closed',
      'true guest the internet http://198.18.0.80 198.51.100.8',
      'true guest the internet http://[2001:db8:ffff:80::80] closed',
      'true tablet node-a http://10.8.0.3:3000 closed',
      'true tablet node-a http://[fd42:8::3]:3000 closed',
      'true tablet lan-1 http://192.168.1.100:3000 10.8.0.7',
      'true tablet lan-1 http://[fd15:a::100]:3000 fd42:8::7',
      'true tablet the internet http://198.18.0.80 100.65.0.4',
      'true tablet the internet http://[2001:db8:ffff:80::80] 2001:db8:ffff:c11e::4',
    ]);
  });
});

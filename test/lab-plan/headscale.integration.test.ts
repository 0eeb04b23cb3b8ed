import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEADSCALE_VERSION, headscaleFor } from '../../src/lab/host/headscale.js';

describe("the program for the lab's login server", () => {
  const { PATH, BRIDGEHEAD_CACHE } = process.env;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-headscale-'));
    process.env['PATH'] = join(folder, 'bin');
    process.env['BRIDGEHEAD_CACHE'] = folder;
    mkdirSync(join(folder, 'bin'));
    mkdirSync(join(folder, 'go-programs'));
  });
  afterEach(() => {
    process.env['PATH'] = PATH;
    if (BRIDGEHEAD_CACHE === undefined) delete process.env['BRIDGEHEAD_CACHE'];
    else process.env['BRIDGEHEAD_CACHE'] = BRIDGEHEAD_CACHE;
    rmSync(folder, { recursive: true });
  });

  const onPath = (said: string): void =>
    writeFileSync(join(folder, 'bin/headscale'), `#!/bin/sh\n[ "$*" = version ] && ${said}\n`, {
      mode: 0o755,
    });
  const built = (): string => {
    const path = join(folder, 'go-programs', `headscale-${HEADSCALE_VERSION}`);
    writeFileSync(path, '');
    return path;
  };
  const found = () => headscaleFor({ log: () => undefined });

  it.each(['headscale version v0.28.0', 'headscale version v0.28.3', 'v0.28.1'])(
    'is the one on PATH, if it is of the same release: %s',
    async (version) => {
      onPath(`echo '${version}'`);
      built();
      expect(await found()).toBe('headscale');
    },
  );

  it.each([
    ["echo 'headscale version v0.29.0'", '0.29.0'],
    ["echo 'headscale version v0.2.28'", '0.2.28'],
    ["echo 'headscale version dev'", 'dev'],
    ['exit 3', 'of an unknown version'],
  ])('is never another: %s', async (said, version) => {
    onPath(said);
    await expect(found()).rejects.toMatchObject({
      code: 'E_LAB',
      details: {
        evidence: `the headscale on PATH is ${version}, and no Go that could build it`,
        fix: expect.stringContaining('install headscale 0.28.0'),
      },
    });
    const path = built();
    expect(await found()).toBe(path);
  });

  it('is missed', async () => {
    await expect(found()).rejects.toMatchObject({
      details: { evidence: 'no headscale on PATH, and no Go that could build it' },
    });
  });
});

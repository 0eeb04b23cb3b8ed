import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ProgramCache } from '../../../src/app/programs/cache.js';
import { BridgeheadError } from '../../../src/core/errors.js';
import { holdPort } from '../../../src/lab/network/held-port.js';
import type { Build, Program } from '../../../src/layers/parcel.js';

const CONTENT = Buffer.concat([randomBytes(300_000), Buffer.from('the end')]);
const LONG = `${'a-long-folder-name/'.repeat(7)}tool`;

let folder: string;
let server: Server;
let asked: string[];
/** What the server has, by path. */
const files = new Map<string, Buffer>();

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

/** A zip archive, made by Python, with which many publishers make theirs. */
const ZIP = `import sys, zipfile
with zipfile.ZipFile('x.zip', 'w', getattr(zipfile, sys.argv[1])) as z:
    for name in sys.argv[2:]: z.write(name)`;

beforeAll(async () => {
  const made = mkdtempSync(join(tmpdir(), 'bridgehead-archives-'));
  mkdirSync(join(made, LONG, '..'), { recursive: true });
  for (const name of ['tool', LONG]) writeFileSync(join(made, name), CONTENT);
  writeFileSync(join(made, 'README'), 'read me\n');
  for (const format of ['gnu', 'pax', 'ustar']) {
    run('tar', ['-czf', 'x.tgz', `--format=${format}`, 'README', 'tool', LONG], made);
    files.set(`/${format}.tar.gz`, readFileSync(join(made, 'x.tgz')));
  }
  for (const method of ['ZIP_STORED', 'ZIP_DEFLATED']) {
    run('python3', ['-c', ZIP, method, 'README', 'tool', LONG], made);
    files.set(`/${method}.zip`, readFileSync(join(made, 'x.zip')));
  }
  files.set('/tool.gz', gzipSync(CONTENT));
  files.set('/tool', CONTENT);
  rmSync(made, { recursive: true });
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const bytes = files.get(url);
    if (url === '/cut-off') {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half', () => response.destroy());
    } else if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => new Promise((closed) => server.close(closed)));

beforeEach(() => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const urlOf = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

function program(path: string, build: Partial<Build> = {}): Program {
  const sha256 = sumOf(files.get(path) ?? Buffer.alloc(0));
  return { name: 'tool', version: '1', architecture: 'amd64', build: { url: urlOf(path), sha256, ...build } };
}

const cache = () => new ProgramCache(folder);
const left = (): string[] => readdirSync(join(folder, 'tool', '1'));

async function failure(work: Promise<unknown>): Promise<BridgeheadError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BridgeheadError)) throw new Error(`not refused as it should be: ${String(error)}`);
  expect(error.code).toBe('E_PROGRAM');
  return error;
}

describe('a program', () => {
  it.each([
    ['/tool', {}],
    ['/tool.gz', {}],
    ['/gnu.tar.gz', { path: 'tool' }],
    ['/gnu.tar.gz', { path: LONG }],
    ['/pax.tar.gz', { path: LONG }],
    ['/ustar.tar.gz', { path: LONG }],
    ['/ZIP_STORED.zip', { path: 'tool' }],
    ['/ZIP_DEFLATED.zip', { path: 'tool' }],
    ['/ZIP_DEFLATED.zip', { path: LONG }],
  ])('is unpacked from %s %j', async (path, build) => {
    const packed = await cache().get(program(path, build));
    expect(packed.sha256).toBe(sumOf(CONTENT));
    expect(gunzipSync(readFileSync(packed.file)).equals(CONTENT)).toBe(true);
    expect(packed.bytes).toBe(statSync(packed.file).size);
  });

  it('is fetched once, and kept for its owner alone', async () => {
    await cache().get(program('/tool'));
    const { file } = await cache().get(program('/tool'));
    expect(asked).toEqual(['/tool']);
    expect(left().sort()).toEqual(['amd64.gz', 'amd64.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'tool')).mode & 0o777).toBe(0o700);
  });

  it('is fetched again if it is wanted by another sum, or is not completely there', async () => {
    await cache().get(program('/tool'));
    await cache().get(program('/tool.gz'));
    expect(asked).toEqual(['/tool', '/tool.gz']);
    writeFileSync(join(folder, 'tool/1/amd64.json'), '{"pin":');
    await cache().get(program('/tool.gz'));
    unlinkSync(join(folder, 'tool/1/amd64.gz'));
    await cache().get(program('/tool.gz'));
    expect(asked).toHaveLength(4);
  });

  it('can be pinned by itself, whatever it is packed in', async () => {
    const { url } = program('/tool.gz').build;
    const pinned = { ...program('/tool.gz'), build: { url, program: sumOf(CONTENT) } };
    expect((await cache().get(pinned)).sha256).toBe(sumOf(CONTENT));
  });

  it('comes from a local file, too', async () => {
    const file = join(folder, 'local.gz');
    writeFileSync(file, gzipSync(CONTENT));
    const wanted = program('/tool.gz', { url: `file://${file}` });
    expect(
      (await cache().get({ ...wanted, build: { ...wanted.build, sha256: sumOf(readFileSync(file)) } }))
        .sha256,
    ).toBe(sumOf(CONTENT));
  });

  it('shows how far it is', async () => {
    const seen: (readonly [number, number | undefined])[] = [];
    await cache().get(program('/tool'), { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  });
});

describe('nothing is kept', () => {
  afterEach(() => expect(left()).toEqual([]));

  it('if it is another one: both sums are shown', async () => {
    const error = await failure(cache().get(program('/tool', { sha256: 'a'.repeat(64) })));
    expect(error.message).toBe(`tool 1 for amd64 from ${urlOf('/tool')} is not what it should be`);
    expect(error.details.evidence).toContain(sumOf(CONTENT));
    expect(error.details.evidence).toContain('a'.repeat(64));
  });

  it('if the program in it is another one', async () => {
    const error = await failure(cache().get(program('/tool.gz', { program: 'b'.repeat(64) })));
    expect(error.details.evidence).toContain(sumOf(CONTENT));
  });

  it.each([
    ['/missing', {}, 'the server answered 404 Not Found'],
    ['/cut-off', {}, 'other side closed'],
    ['/gnu.tar.gz', { path: 'tolo' }, 'there is no tolo in the archive, only README, tool, a-long'],
    ['/ZIP_STORED.zip', { path: 'tolo' }, 'there is no tolo in the archive, only README, tool, a-long'],
    ['/ZIP_STORED.zip', {}, 'no path says which file'],
    ['/tool', { path: 'tool' }, 'it is neither a .tar.gz nor a .zip'],
  ])('of %s %j', async (path, build, evidence) => {
    expect((await failure(cache().get(program(path, build)))).details.evidence).toContain(evidence);
  });

  it('of an archive that is cut off', async () => {
    const whole = files.get('/gnu.tar.gz') ?? Buffer.alloc(0);
    files.set('/half.tar.gz', whole.subarray(0, whole.length / 2));
    expect((await failure(cache().get(program('/half.tar.gz', { path: LONG })))).message).toContain(
      'could not be unpacked',
    );
  });

  it('of a server that is not there', async () => {
    const { port, release } = await holdPort();
    const url = `http://127.0.0.1:${port}/x`;
    const error = await failure(cache().get(program('/tool', { url })));
    expect(error.details.evidence).toContain('ECONNREFUSED');
    release();
  });

  it('of a name that nobody has', async () => {
    // With an empty label there is nothing to ask a DNS server, which might be silent.
    const url = 'http://nobody..invalid/x';
    expect((await failure(cache().get(program('/tool', { url })))).details.evidence).toBe(
      `${url}: its name cannot be looked up`,
    );
  });

  it('after an interruption', async () => {
    const signal = AbortSignal.abort();
    await expect(cache().get(program('/tool'), { signal })).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });
});

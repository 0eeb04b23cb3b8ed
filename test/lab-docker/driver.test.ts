import { readFileSync } from 'node:fs';
import { buildArguments } from '../../src/lab/docker/image.js';
import { innerError } from '../../src/lab/docker/inner-error.js';
import { defaultDriver } from '../../src/lab/driver.js';
import { ALL_TOOLS } from '../../src/lab/host/preconditions.js';
import { unbuiltImages } from '../../src/lab/machine/base-image.js';
import { packagesOf } from '../../src/lab/machine/base-recipe.js';
import { folderWith } from '../cli/helpers.js';

it.each<[NodeJS.Platform, number | undefined, string]>([
  ['linux', 0, 'nspawn'],
  ['linux', 1000, 'docker'],
  ['darwin', 0, 'docker'],
  ['darwin', 501, 'docker'],
  ['win32', undefined, 'docker'],
])('is by default, on %s as user %s, %s', (platform, user, driver) => {
  const getuid = user === undefined ? {} : { getuid: () => user };
  expect(defaultDriver({ platform, ...getuid })).toBe(driver);
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  /** The packages that the last RUN of a target installs. */
  const installed = (target: string): string[] => {
    const [, stage = ''] =
      new RegExp(`^FROM \\S+ AS ${target}\\n(.*?)(?=^FROM |$(?![^]))`, 'ms').exec(dockerfile) ?? [];
    const [, words = ''] = /--no-install-recommends \\\n(.*?)\n? *(?:\\\n *)?&& rm/s.exec(stage) ?? [];
    return words
      .split(/[\s\\]+/)
      .filter((word) => word !== '')
      .sort();
  };

  it.each([
    ['machine', 'bookworm'],
    ['machine-trixie', 'trixie'],
    ['client', 'client'],
  ] as const)('gives %s the packages that the lab gives %s', (target, image) => {
    expect(installed(target)).toEqual([...packagesOf(image)].sort());
  });

  it('gives the host of a lab every package that the lab would install there', () => {
    // The rest comes with Debian, or with the packages of a machine.
    const inDebian = ['bash', 'iproute2', 'mount', 'openssh-client', 'tar', 'util-linux'];
    const needed = new Set(Object.values(ALL_TOOLS).filter((name) => !inDebian.includes(name)));
    expect(installed('lab')).toEqual(expect.arrayContaining([...needed]));
  });

  it('takes its images from another registry, without their digests, and proxies by name', () => {
    const text =
      'ARG NODE_IMAGE=node:22-slim@sha256:abc\nARG OTHER=x\nARG MACHINE_IMAGE=debian:bookworm-slim\n';
    const env = {
      BRIDGEHEAD_LAB_REGISTRY: 'registry.test/hub/',
      BRIDGEHEAD_LAB_MIRROR: 'http://mirror.test/debian',
      https_proxy: 'http://me:secret@proxy.test:3128',
      http_proxy: 'http://127.0.0.1:3128',
      HTTP_PROXY: 'http://me@localhost',
    };
    expect(buildArguments(text, env)).toEqual([
      '--build-arg=NODE_IMAGE=registry.test/hub/node:22-slim',
      '--build-arg=MACHINE_IMAGE=registry.test/hub/debian:bookworm-slim',
      '--build-arg=MIRROR=http://mirror.test/debian',
      '--build-arg=https_proxy',
    ]);
    expect(buildArguments(text, {})).toEqual([]);
    expect(buildArguments(text, { BRIDGEHEAD_LAB_MIRROR: '' })).toEqual([]);
    expect(() => buildArguments(text, { BRIDGEHEAD_LAB_MIRROR: 'http://me:secret@mirror.test' })).toThrow(
      'BRIDGEHEAD_LAB_MIRROR has a login, which would stay in the image',
    );
    expect(buildArguments(dockerfile, { BRIDGEHEAD_LAB_REGISTRY: 'r' })).toHaveLength(
      dockerfile.match(/^ARG \w+_IMAGE=/gm)?.length ?? 0,
    );
  });
});

describe('a host that came with the trees of machines', () => {
  const { BRIDGEHEAD_LAB_MIRROR: mirror } = process.env;
  afterEach(() => {
    delete process.env['BRIDGEHEAD_LAB_MACHINES'];
    if (mirror === undefined) delete process.env['BRIDGEHEAD_LAB_MIRROR'];
    else process.env['BRIDGEHEAD_LAB_MIRROR'] = mirror;
  });

  it('has those built, and no others', async () => {
    process.env['BRIDGEHEAD_LAB_MACHINES'] = folderWith({ 'bookworm/etc/hostname': '' });
    process.env['BRIDGEHEAD_LAB_MIRROR'] = 'http://nothing-is-built-from.invalid/';
    expect(await unbuiltImages(['bookworm', 'trixie', 'client'])).toEqual(['trixie', 'client']);
  });
});

it('reads the error of this program in the container', () => {
  const stderr =
    'the laptop is in site home\nerror: gw: machine gw ended\n  no medium\n  found\nfix: see the log\n';
  const error = innerError({ code: 7, stderr });
  expect([error.code, error.message, error.details.evidence, error.details.fix]).toEqual([
    'E_LAB_MACHINE',
    'gw: machine gw ended',
    'no medium\nfound',
    'see the log',
  ]);
  expect(innerError({ code: 137, stderr: 'Killed' })).toMatchObject({
    code: 'E_LAB',
    message: "the lab's container ended with status 137",
    details: { evidence: 'Killed' },
  });
});

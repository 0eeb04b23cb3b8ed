import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/core/errors.js';
import { buildError, dockerError, dockerObstacle } from '../../src/lab/docker/engine.js';
import { ensureImage } from '../../src/lab/docker/image.js';
import { processMark } from '../../src/lab/docker/starter.js';
import { labDriver } from '../../src/lab/driver.js';
import { homeMesh } from '../fixtures/home-mesh-inventory.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-no-docker-'));
const { PATH, DOCKER_HOST } = process.env;
const inventory = { ...homeMesh, file: join(folder, 'inventory.yaml') };

afterEach(() => {
  process.env['PATH'] = PATH;
  if (DOCKER_HOST === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = DOCKER_HOST;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a client first in the PATH that answers as Docker's would. */
function pretend(script: string): void {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho "$*" >>${folder}/asked\n${script}`);
  chmodSync(join(folder, 'docker'), 0o755);
  rmSync(join(folder, 'asked'), { force: true });
  process.env['PATH'] = `${folder}:${PATH}`;
}

async function errorOf(work: Promise<unknown>): Promise<BridgeheadError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BridgeheadError) return error;
    throw error;
  }
  throw new Error('it worked');
}

const up = async () => errorOf((await labDriver('docker')).up(inventory, { log: () => undefined }));
/** A daemon that keeps the labels of the one container that it has. */
const VERSION = `case "$1" in
version) echo linux/arm64; exit 0 ;;
create)
  for word; do case "$word" in bridgehead.lab.*) name=\${word%%=*}; echo "\${word#*=}" >${folder}/label\${name##*.} ;; esac; done
  exit 0 ;;
rm) rm ${folder}/label*; exit 0 ;;
ps)
  cd ${folder}
  [ ! -e labeltoken ] || paste /dev/stdin labelstarter labeltoken labelfile <<END
c0ffee	created
END
  exit 0 ;;
esac
`;

describe('without a Docker that can build a lab', () => {
  it('says what to install', async () => {
    process.env['PATH'] = join(folder, 'empty');
    const error = await up();
    expect([error.code, error.message, error.details.evidence]).toEqual([
      'E_LAB',
      'there is no `docker` command here, which the lab needs',
      undefined,
    ]);
    expect(error.details.fix).toContain('install Docker');
    expect(await dockerObstacle()).toBe('there is no `docker` command here, which the lab needs');
  });

  it.each<[string, string, string, RegExp]>([
    [
      'the daemon is down',
      'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1',
      'the Docker daemon does not answer',
      /start/,
    ],
    [
      'the user may not use it',
      'echo "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock" >&2; exit 1',
      'this user may not use Docker',
      /group docker/,
    ],
    [
      'it runs Windows containers',
      'case "$1" in ps) ;; *) echo windows/amd64 ;; esac',
      'Docker runs windows/amd64 containers, and a lab needs Linux',
      /switch/,
    ],
    [
      'the image is for another processor',
      `${VERSION}case "$1 $2" in "image inspect") echo "sha256:1 linux/amd64 $(date -u +%Y-%m-%dT%H:%M:%SZ)" ;; esac`,
      'is for linux/amd64; Docker runs linux/arm64',
      /DOCKER_DEFAULT_PLATFORM.*docker image rm bridgehead-lab:lab-/,
    ],
    [
      'it may not give privileges',
      `${VERSION}case "$1 $2" in "image inspect") echo "sha256:1 linux/arm64 $(date -u +%Y-%m-%dT%H:%M:%SZ)" ;; start*) echo "Error response from daemon: failed to create task for container: unable to apply caps: operation not permitted" >&2; exit 1 ;; esac`,
      'Docker refuses the privileges that a lab needs',
      /privileged/,
    ],
    [
      'it is on another machine',
      `${VERSION}case "$1 $2" in "image inspect") echo "sha256:1 linux/arm64 $(date -u +%Y-%m-%dT%H:%M:%SZ)" ;; exec*) case "$*" in *"test -r"*) exit 1 ;; esac ;; esac`,
      `Docker can't see ${folder}/inventory.yaml`,
      /share its folder/,
    ],
    [
      'the image can’t be built',
      `${VERSION}case "$1" in image) exit 1 ;; build) echo "E: Unable to fetch some archives" >&2; exit 100 ;; esac`,
      'the image of the lab could not be built',
      /BRIDGEHEAD_LAB_REGISTRY/,
    ],
  ])('is one plain error if %s, and no container is left', async (_what, script, message, fix) => {
    pretend(`${script}\n`);
    const error = await up();
    expect([error.code, error.message]).toEqual(['E_LAB', expect.stringContaining(message)]);
    expect(error.details.fix).toMatch(fix);
    const asked = readFileSync(join(folder, 'asked'), 'utf8').split('\n');
    const made = asked.some((line) => line.startsWith('create '));
    expect(asked.at(-2) === 'rm --force --volumes c0ffee').toBe(made);
  });
});

describe('an image that is a week old', () => {
  const OLD = `${VERSION}case "$1 $2 $5" in
"image inspect bridgehead-lab:lab-dead") echo "sha256:3 linux/arm64 2026-01-01T00:00:00Z" ;;
"image inspect "*) if [ -e ${folder}/built ]; then echo "sha256:2 linux/arm64 $(date -u +%Y-%m-%dT%H:%M:%SZ)"; else echo "sha256:1 linux/arm64 2026-01-01T00:00:00Z"; fi ;;
"image ls "*) printf 'bridgehead-lab:lab-dead\\nbridgehead-lab:lab-new\\n' ;;
esac
`;
  const build = async (status: number, pulled = 0) => {
    pretend(`${OLD}[ "$1" != pull ] || [ ${pulled} = 0 ] || { echo "Error response from daemon: no such host" >&2; exit ${pulled}; }
[ "$1" != build ] || { cat >/dev/null; : >${folder}/built; echo "ERROR: failed to solve" >&2; exit ${status}; }\n`);
    const said: string[] = [];
    const tag = await ensureImage(['bookworm'], { log: (line) => said.push(line) });
    rmSync(join(folder, 'built'));
    return { tag, said, asked: readFileSync(join(folder, 'asked'), 'utf8') };
  };

  it('is built anew from the newest Debian, and removed, with what nobody has built for a month', async () => {
    const { tag, said, asked } = await build(0);
    expect(said).toEqual([`building the image ${tag}: a few minutes, once a week`]);
    expect(asked).toMatch(
      /^pull --quiet \S*debian:bookworm-slim\n(?:pull .*\n)*build --target lab --tag bridgehead-lab:lab-\w+ .*--build-arg=PACKAGES_OF=\d{4}-\d\d-\d\d -$/m,
    );
    expect(asked.match(/^image rm .*$/gm)).toEqual(['image rm sha256:1', 'image rm bridgehead-lab:lab-dead']);
  });

  it('is built from the Debian that is here if there is no newer to be had', async () => {
    const { said, asked } = await build(0, 1);
    expect(said[1]).toMatch(
      /^could not pull \S*debian:bookworm-slim; using the one that is here, if any: Error response from daemon: no such host$/,
    );
    expect(asked).toContain('image rm sha256:1\n');
  });

  it('is used if that fails, and says why', async () => {
    const { said, asked } = await build(1);
    expect(said[1]).toMatch(
      /^could not rebuild the image; using the one from \d+ days ago: ERROR: failed to solve$/,
    );
    expect(asked).not.toContain('image rm');
  });
});

/** What the daemon answers to `ps` of a container that another process has made. */
const container = (state: string, starter: string, file: string) =>
  `case "$1" in ps) printf 'c0ffee\\t${state}\\t${starter}\\ttoken\\t${file}\\n'; exit 0 ;; esac\n`;

describe('a container that is there already', () => {
  const own = join(realpathSync(folder), 'inventory.yaml');
  const DEAD = '4194999 1';
  beforeAll(() => writeFileSync(own, ''));
  afterAll(() => rmSync(own));
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8');

  it.each(['up', 'open', 'down'] as const)('of another inventory is left alone by %s', async (command) => {
    const other = join(folder, 'other.yaml');
    pretend(`${container('running', DEAD, other)}exit 1\n`);
    const driver = await labDriver('docker');
    const error = await errorOf(driver[command](inventory, { log: () => undefined }));
    expect([error.message, error.details]).toEqual([
      'there is a lab home-mesh of another inventory',
      {
        evidence: `bridgehead-lab-home-mesh was made for ${other}`,
        fix: expect.stringContaining('`docker rm --force --volumes bridgehead-lab-home-mesh`'),
      },
    ]);
    expect(asked()).toMatch(/^ps .*\n$/);
  });

  it('names the inventory that it can be taken down with', async () => {
    pretend(`${container('running', DEAD, process.execPath)}exit 1\n`);
    expect((await up()).details.fix).toContain(
      `\`bridgehead lab down --driver docker -i ${process.execPath}\``,
    );
  });

  it.each<[string, string, boolean]>([
    ['created', 'dead', true],
    ['running', 'down', true],
    ['running', 'building', true],
    ['exited', 'down', true],
    ['created', 'dead', false],
    ['running', 'down', false],
    ['running', 'building', false],
  ])(
    'and %s, with a lab in it that is %s, is a leftover if who began is dead: %s',
    async (state, inner, isDead) => {
      const starter = isDead ? DEAD : ((await processMark(process.pid)) ?? '');
      const said = JSON.stringify({ name: 'home-mesh', state: inner, machines: [] });
      pretend(
        `${container(state, starter, own)}case "$1" in exec) echo '${said}' ;; rm) ;; *) exit 9 ;; esac\n`,
      );
      const { state: shown } = await (await labDriver('docker')).status(inventory);
      const error = await up();
      expect(shown).toBe(isDead ? 'dead' : 'building');
      expect(error.message).toBe(
        isDead ? '`docker version` failed with status 9' : 'lab home-mesh is already being built',
      );
      expect(asked().includes('rm --force --volumes c0ffee\n')).toBe(isDead);
    },
  );

  it('is not removed by who failed to make another of that name', async () => {
    const built = 'echo "sha256:1 linux/arm64 $(date -u +%Y-%m-%dT%H:%M:%SZ)"';
    pretend(`case "$1" in
version) echo linux/arm64 ;;
image) ${built} ;;
create) : >${folder}/raced; echo 'Error response from daemon: the name "/x" is already in use by container' >&2; exit 1 ;;
ps) [ ! -e ${folder}/raced ] || printf 'c0ffee\\trunning\\t${DEAD}\\ttoken\\t${own}\\n' ;;
esac
`);
    expect((await up()).message).toBe('lab home-mesh is being built by another process');
    rmSync(join(folder, 'raced'));
    expect(asked()).not.toMatch(/^rm /m);
  });
});

const DAEMON = 'Error response from daemon: ';

it.each<[string, string]>([
  [
    `docker: ${DAEMON}error gathering device information while adding custom device "/dev/net/tun": no such file or directory`,
    'no /dev/net/tun',
  ],
  [
    `${DAEMON}Mounts denied: \nThe path /srv/net is not shared from the host`,
    "can't see the inventory's folder",
  ],
  [
    `${DAEMON}invalid mount config for type "bind": bind source path does not exist: /srv/net`,
    "can't see the inventory's folder",
  ],
  ['exec /bin/sh: exec format error', 'another processor'],
  [`${DAEMON}no matching manifest for linux/arm64/v8 in the manifest list entries`, 'another processor'],
  [`${DAEMON}privileged mode is incompatible with user namespaces`, 'refuses the privileges'],
  ["mount: /sys: cannot remount sysfs read-write, permission denied: it's locked", 'refuses the privileges'],
  [
    'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock',
    'may not use',
  ],
  [
    'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct',
    'answer',
  ],
])('knows what %s means', (stderr, message) => {
  expect(dockerError({ code: 1, stderr })?.message).toContain(message);
});

describe('the output of a build', () => {
  const log = [
    '#7 3.1 W: Failed to fetch http://mirror/dists/bookworm/InRelease  connect (13: Permission denied)',
    '#7 3.2 E: The repository is no longer signed; updating from it is not allowed',
    'E: 405  Method Not Allowed [IP: 10.0.0.1 8080]',
    'mount: /proc: permission denied.',
    'chown: operation not permitted',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock',
    'sh: 1: docker: not found',
  ];
  const solve = 'ERROR: failed to solve: process "/bin/sh -c apt-get update" did not complete successfully';
  const legacy = "The command '/bin/sh -c apt-get update' returned a non-zero code: 100";

  it.each([solve, `${solve}\n\nView build details: docker-desktop://x`, legacy])(
    'is not taken for what the client says at its end: %s',
    (end) => {
      expect(buildError({ code: 100, stderr: [...log, end].join('\n') })).toBeUndefined();
    },
  );

  it.each<[string, string]>([
    [
      'ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'does not answer',
    ],
    [
      'ERROR: failed to solve: debian: no match for platform in manifest: not found',
      'the image is for another processor',
    ],
    [
      'ERROR: permission denied while trying to connect to the Docker daemon socket at unix:///x',
      'this user may not use Docker',
    ],
  ])('ends with %s', (end, message) => {
    expect(buildError({ code: 1, stderr: [...log, end].join('\n') })?.message).toContain(message);
  });
});

it('takes what a command in a container says for its own affairs', () => {
  const stderr = 'connect (13: Permission denied)\nE: http://docker.sock\n405 Method Not Allowed';
  expect(dockerError({ code: 1, stderr })).toBeUndefined();
});

it('leaves unknown errors as they are', () => {
  expect(dockerError({ code: 1, stderr: 'no space left on device' })).toBeUndefined();
});

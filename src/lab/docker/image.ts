import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BridgeheadError } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { tail } from '../host/command.js';
import { mirrorOf } from '../host/mirror.js';
import { FORGOTTEN_DAYS, FRESH_DAYS } from '../machine/base-image.js';
import type { Image, LabOptions } from '../types.js';
import { ARCHITECTURE_FIX, buildError, docker, dockerPlatform, lastError } from './engine.js';
import { proxyNames } from './proxies.js';

const REPOSITORY = 'bridgehead-lab';
const DAY_MS = 24 * 60 * 60 * 1000;
const BUILD_MS = 30 * 60_000;
const PULL_MS = 10 * 60_000;

/**
 * The tag of the image that holds a lab with these machines, built when there is none or it is a week old. Rejects with E_LAB if
 * it can't be built and there is no older one to fall back on, or if it is for another processor.
 */
export async function ensureImage(images: readonly Image[], options: LabOptions): Promise<string> {
  const { log, signal } = options;
  const platform = await dockerPlatform(signal);
  const target = images.includes('trixie') ? 'lab-trixie' : 'lab';
  const dockerfile = await readFile(new URL('Dockerfile', PACKAGE_ROOT), 'utf8');
  const args = buildArguments(dockerfile, process.env);
  const tag = `${REPOSITORY}:${target}-${keyOf([dockerfile, platform, ...args])}`;
  const found = await inspect(tag);
  if (found !== undefined && found.days < FRESH_DAYS) return checked(tag, found.platform, platform);

  log(`building the image ${tag}: a few minutes, once a week`);
  await pullBases(dockerfile, args, options);
  const day = `--build-arg=PACKAGES_OF=${new Date().toISOString().slice(0, 10)}`;
  const words = ['build', '--target', target, '--tag', tag, ...args, day, '-'];
  const result = await docker(words, { input: dockerfile, signal, timeoutMs: BUILD_MS });
  if (result.code === 0) {
    // Refused while a lab still uses it.
    if (found !== undefined) await docker(['image', 'rm', found.id]);
    await removeForgotten(tag);
    return checked(tag, (await inspect(tag))?.platform, platform);
  }
  if (found !== undefined) {
    log(
      `could not rebuild the image; using the one from ${found.days} days ago: ${lastError(result.stderr)}`,
    );
    return checked(tag, found.platform, platform);
  }
  throw (
    buildError(result) ??
    new BridgeheadError('E_LAB', 'the image of the lab could not be built', {
      evidence: tail(result.stderr),
      fix: 'check that Docker can pull debian and node and reach the Debian mirror; BRIDGEHEAD_LAB_REGISTRY and BRIDGEHEAD_LAB_MIRROR set others',
    })
  );
}

/**
 * Values for the Dockerfile: its images from another registry, and the mirror, if the environment names them, and proxies. Those
 * are given by name, so that their passwords are in no argv. E_LAB if the mirror has a login.
 */
export function buildArguments(dockerfile: string, env: NodeJS.ProcessEnv): readonly string[] {
  const registry = env['BRIDGEHEAD_LAB_REGISTRY']?.replace(/\/$/, '');
  const mirror = mirrorOf(env);
  if (mirror !== undefined && /\/\/.*@/.test(mirror)) {
    throw new BridgeheadError('E_LAB', 'BRIDGEHEAD_LAB_MIRROR has a login, which would stay in the image', {
      fix: 'name a mirror without one',
    });
  }
  const bases = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=([^\s@]+)/gm)];
  return [
    ...(registry ? bases.map(([, name, image]) => `--build-arg=${name}=${registry}/${image}`) : []),
    ...(mirror !== undefined ? [`--build-arg=MIRROR=${mirror}`] : []),
    ...proxyNames(env).map((name) => `--build-arg=${name}`),
  ];
}

/** Fetches the images that aren't pinned as they are now; where that fails, a build takes those that are here. */
async function pullBases(
  dockerfile: string,
  args: readonly string[],
  { log, signal }: LabOptions,
): Promise<void> {
  const named = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)/gm)].map(([, name = '', image = '']) => {
    const option = `--build-arg=${name}=`;
    return args.find((arg) => arg.startsWith(option))?.slice(option.length) ?? image;
  });
  for (const image of new Set(named.filter((name) => !name.includes('@')))) {
    const { code, stderr } = await docker(['pull', '--quiet', image], { signal, timeoutMs: PULL_MS });
    if (code !== 0) log(`could not pull ${image}; using the one that is here, if any: ${lastError(stderr)}`);
  }
}

/** Removes images of other versions that nobody has built for a month. */
async function removeForgotten(kept: string): Promise<void> {
  const { stdout } = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', REPOSITORY]);
  for (const tag of stdout.split('\n').filter((line) => line !== '' && line !== kept)) {
    const found = await inspect(tag);
    // Refused while a lab still uses it.
    if (found !== undefined && found.days >= FORGOTTEN_DAYS) await docker(['image', 'rm', tag]);
  }
}

function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}

interface Built {
  readonly id: string;
  readonly platform: string;
  /** Its age. */
  readonly days: number;
}

async function inspect(tag: string): Promise<Built | undefined> {
  const format = '{{.Id}} {{.Os}}/{{.Architecture}} {{.Created}}';
  const { code, stdout } = await docker(['image', 'inspect', '--format', format, tag]);
  if (code !== 0) return undefined;
  const [id = '', platform = '', created = ''] = stdout.trim().split(' ');
  return { id, platform, days: Math.floor((Date.now() - Date.parse(created)) / DAY_MS) };
}

function checked(tag: string, built: string | undefined, wanted: string): string {
  if (built === wanted) return tag;
  throw new BridgeheadError(
    'E_LAB',
    `the image ${tag} is for ${built ?? 'nothing known'}; Docker runs ${wanted}`,
    {
      fix: ARCHITECTURE_FIX.replace('IMAGE', tag),
    },
  );
}

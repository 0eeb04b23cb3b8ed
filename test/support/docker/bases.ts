import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../src/lab/host/command.js';
import type { DockerDaemon } from './daemon.js';

const MINUTE = 60_000;
/** Increased when what is made below changes. */
const RECIPE = 1;
const CA = '/usr/local/share/ca-certificates.crt';

/** What stands in for the two images of the Dockerfile, which can't be pulled everywhere that tests run. */
export interface BaseImages {
  readonly debian: string;
  readonly node: string;
}

/** Makes the images that the daemon doesn't have yet: Debian by mmdebstrap, and on it the Node that the Dockerfile names. */
export async function ensureBases(daemon: DockerDaemon): Promise<BaseImages> {
  const [, release = '', version = '', suite = ''] =
    /^ARG NODE_IMAGE=(node:([\d.]+)-([a-z]+)-slim)@sha256:[0-9a-f]{64}$/m.exec(
      await readFile('Dockerfile', 'utf8'),
    ) ?? [];
  if (version === '') throw new Error('the Dockerfile pins no Node');
  const mirror = process.env['BRIDGEHEAD_LAB_MIRROR'];
  const key = createHash('sha256').update([RECIPE, release, mirror].join()).digest('hex').slice(0, 12);
  const bases = { debian: `bridgehead-test/debian:${key}`, node: `bridgehead-test/node:${key}` };
  if (await lacks(daemon, bases.debian)) await importDebian(daemon, bases.debian, suite, mirror);
  if (await lacks(daemon, bases.node)) await buildNode(daemon, bases, version);
  return bases;
}

/** Makes the images of every ARG of the Dockerfile, under the names that they would have in a registry. */
export async function fillRegistry(daemon: DockerDaemon, registry: string): Promise<void> {
  const { debian, node } = await ensureBases(daemon);
  const images: Readonly<Record<string, string>> = {
    NODE_IMAGE: node,
    DEBIAN_IMAGE: debian,
    MACHINE_IMAGE: `bridgehead-test/machine:${RECIPE}`,
  };
  const names = (await readFile('Dockerfile', 'utf8')).matchAll(/^ARG (\w+_IMAGE)=([^\s@]+)/gm);
  for (const [, argument = '', name = ''] of names) {
    const image = images[argument] ?? argument;
    const suite = /^debian:([a-z]+)-slim$/.exec(name)?.[1];
    if (suite !== undefined && (await lacks(daemon, image)))
      await importDebian(daemon, image, suite, process.env['BRIDGEHEAD_LAB_MIRROR']);
    await daemon.must(['tag', image, `${registry}/${name}`]);
  }
}

async function lacks(daemon: DockerDaemon, image: string): Promise<boolean> {
  return (await daemon.docker(['image', 'inspect', '--format', '{{.Id}}', image])).code !== 0;
}

function importDebian(daemon: DockerDaemon, image: string, suite: string, mirror?: string): Promise<void> {
  return inFolder(async (folder) => {
    const tree = join(folder, 'debian.tar');
    const words = ['--mode=root', '--variant=minbase', '--aptopt=Acquire::Languages "none"'];
    await must(['mmdebstrap', '--quiet', ...words, suite, tree, ...(mirror === undefined ? [] : [mirror])], {
      timeoutMs: 10 * MINUTE,
    });
    await daemon.must(['import', tree, image], { timeoutMs: 5 * MINUTE });
  });
}

/** The official binary is in an npm package, and so is npm; behind a proxy that opens TLS, with this machine's authorities. */
function buildNode(daemon: DockerDaemon, { debian, node }: BaseImages, version: string): Promise<void> {
  return inFolder(async (folder) => {
    const packages = [`node-linux-${process.arch}@${version}`, 'npm@10.9.9'];
    const pack = ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const files = (await must([...pack, ...packages], { timeoutMs: 5 * MINUTE })).trim().split('\n');
    for (const [index, name] of ['node', 'npm'].entries()) {
      await must(['mkdir', join(folder, name)]);
      const [file = ''] = files.slice(index);
      await must(['tar', '-C', join(folder, name), '--strip-components=1', '-xzf', join(folder, file)]);
    }
    const lines = [
      `FROM ${debian}`,
      'COPY node/bin/node /usr/local/bin/node',
      'COPY npm /usr/local/lib/node_modules/npm',
      'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version',
    ];
    const authorities = process.env['NODE_EXTRA_CA_CERTS'];
    if (authorities !== undefined) {
      await copyFile(authorities, join(folder, 'ca.crt'));
      lines.push(`COPY ca.crt ${CA}`, `ENV NODE_EXTRA_CA_CERTS=${CA}`);
    }
    await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
    await daemon.must(['build', '--network=host', '--tag', node, folder], { timeoutMs: 5 * MINUTE });
  });
}

async function inFolder(work: (folder: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bridgehead-docker-base-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

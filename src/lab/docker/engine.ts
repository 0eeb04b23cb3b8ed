import { BridgeheadError } from '../../core/errors.js';
import { type CommandOptions, runCommand, tail } from '../host/command.js';
import type { CommandResult } from '../types.js';

const ANSWER_MS = 20_000;
const NOT_FOUND = 127;

type Platform = NodeJS.Process['platform'];

/** Runs Docker's client; any exit status is an answer. */
export function docker(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runCommand(['docker', ...argv], options);
}

/** The same, for commands that have to succeed: returns stdout, rejects with E_LAB and what is wrong with Docker. */
export async function mustDocker(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await docker(argv, options);
  if (result.code === 0) return result.stdout;
  throw dockerFailure(argv[0] ?? '', result);
}

/** What Docker runs, such as `linux/arm64`. E_LAB if there is no Docker that can run a lab. */
export async function dockerPlatform(signal?: AbortSignal): Promise<string> {
  const format = '{{.Server.Os}}/{{.Server.Arch}}';
  const answer = await mustDocker(['version', '--format', format], { signal, timeoutMs: ANSWER_MS });
  const platform = answer.trim();
  if (platform.startsWith('linux/')) return platform;
  throw new BridgeheadError('E_LAB', `Docker runs ${platform} containers, and a lab needs Linux`, {
    fix: 'switch Docker to Linux containers',
  });
}

/** Why Docker can't build a lab here, in one line; undefined if it answers. */
export async function dockerObstacle(): Promise<string | undefined> {
  try {
    await dockerPlatform();
    return undefined;
  } catch (error) {
    if (!(error instanceof BridgeheadError)) throw error;
    return error.message;
  }
}

/** How a line begins that the client says of itself. */
const CLIENT = '^(?:docker: |error: )*';
/** The same, or that it passes on: from the daemon, its runtime, or the builder. */
const PASSED_ON = `${CLIENT}(?:error response from daemon: |failed to solve: |oci runtime )`;

const said = (...patterns: readonly string[]) => new RegExp(patterns.join('|'), 'im');

const NO_CLIENT = /^\S*sh: .*\bdocker: not found$/m;
const NO_PERMISSION = said(
  `${CLIENT}(?:got )?permission denied while trying to connect to the docker `,
  `${CLIENT}.*\\bdial unix \\S+: connect: permission denied`,
);
const NO_DAEMON = said(
  `${CLIENT}(?:cannot connect to the docker daemon|error during connect|failed to connect to the docker api)`,
);
const NO_TUN = said(
  `${PASSED_ON}.*(?:no such file or directory.*/dev/net/tun|/dev/net/tun.*no such file or directory)`,
);
const NO_FOLDER = said(
  `${PASSED_ON}.*(?:bind source path does not exist|mounts denied|is not shared from)`,
  `${CLIENT}mounts denied`,
);
const NO_PRIVILEGES = said(
  `${PASSED_ON}.*(?:unable to apply caps|operation not permitted|incompatible with user namespaces)`,
  `${PASSED_ON}.*(?:capabilit|privilege|security.?opt|device).*not allowed`,
  // Of the preparation, in the container.
  '^mount: .*(?:permission denied|operation not permitted)',
);
const OTHER_PROCESSOR = said(
  `${PASSED_ON}.*(?:exec format error|does not match the specified platform|no match for platform)`,
  `${PASSED_ON}.*no matching manifest for`,
  `${CLIENT}no matching manifest for`,
  '^exec \\S+: exec format error',
);

/**
 * The known causes of a failed client, each with its fix; undefined for any other. Only what the client says counts, or passes on:
 * what runs in a container says such things of its own affairs.
 */
export function dockerError(
  { code, stderr }: Pick<CommandResult, 'code' | 'stderr'>,
  platform: Platform = process.platform,
): BridgeheadError | undefined {
  const isMissing = code === NOT_FOUND && NO_CLIENT.test(stderr);
  const error = (message: string, fix: string) =>
    new BridgeheadError('E_LAB', message, { ...(isMissing ? {} : { evidence: tail(stderr, 4) }), fix });
  if (isMissing) return error('there is no `docker` command here, which the lab needs', installFix(platform));
  if (NO_PERMISSION.test(stderr)) {
    return error(
      'this user may not use Docker',
      'add the user to the group docker (`sudo usermod -aG docker "$USER"`), log in again, and try again',
    );
  }
  if (NO_DAEMON.test(stderr)) return error('the Docker daemon does not answer', startFix(platform));
  if (NO_TUN.test(stderr))
    return error('the machine that runs Docker has no /dev/net/tun', 'run `modprobe tun` there');
  if (NO_FOLDER.test(stderr)) {
    return error(
      "Docker can't see the inventory's folder",
      'share the folder with Docker (Docker Desktop: Settings, Resources, File sharing), or use a Docker on this machine',
    );
  }
  if (NO_PRIVILEGES.test(stderr)) {
    return error(
      'Docker refuses the privileges that a lab needs: CAP_SYS_ADMIN, CAP_NET_ADMIN and no seccomp filter',
      'use a Docker without user namespace remapping, on a machine where containers may be privileged',
    );
  }
  if (OTHER_PROCESSOR.test(stderr))
    return error('the image is for another processor than the one that Docker runs on', ARCHITECTURE_FIX);
  return undefined;
}

/** The client's own error, at the end of a build's output, most of which is that of the commands in it. */
export function lastError(stderr: string): string {
  const lines = tail(stderr, Number.POSITIVE_INFINITY)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? '';
}

/** The same as `dockerError`, of a build. */
export function buildError({
  code,
  stderr,
}: Pick<CommandResult, 'code' | 'stderr'>): BridgeheadError | undefined {
  return dockerError({ code, stderr: lastError(stderr) });
}

export const ARCHITECTURE_FIX =
  'unset DOCKER_DEFAULT_PLATFORM, remove the image (`docker image rm IMAGE`), and try again';

/** The error of a command of the client that has failed. */
export function dockerFailure(command: string, result: CommandResult): BridgeheadError {
  const { code, stdout, stderr } = result;
  const known = dockerError(result);
  if (known !== undefined) return known;
  return new BridgeheadError('E_LAB', `\`docker ${command}\` failed with status ${code}`, {
    evidence: tail(stderr.trim() === '' ? stdout : stderr),
  });
}

function installFix(platform: Platform): string {
  if (platform === 'darwin') return 'install Docker Desktop, OrbStack or Colima';
  if (platform === 'linux')
    return 'install Docker (Debian: `apt-get install docker.io`), or build the lab as root without it';
  return 'install Docker Desktop, and run bridgehead in WSL';
}

function startFix(platform: Platform): string {
  if (platform === 'linux') return 'start it: `sudo systemctl start docker`; or set DOCKER_HOST';
  return 'start Docker Desktop, OrbStack or Colima; or set DOCKER_HOST';
}

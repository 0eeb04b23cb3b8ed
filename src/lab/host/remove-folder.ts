import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError, systemCode } from '../../core/errors.js';
import { runCommand, tail } from './command.js';

const DEADLINE_MS = 15_000;

/**
 * Removes a folder with all that is mounted in it. What a killed process had begun may still mount or write something there for a
 * moment; rejects with E_LAB if that doesn't end. It is fine if there is no such folder.
 */
export async function removeFolder(folder: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
    const left = (await unmountBelow(folder)) ?? (await removed(folder));
    if (left === undefined) return;
    if (Date.now() > deadline) {
      throw new BridgeheadError('E_LAB', `${folder} can't be removed`, {
        evidence: left,
        fix: 'run `bridgehead lab down` again',
      });
    }
    await sleep(pause);
  }
}

/** Why it is still there, if that may pass. */
async function removed(folder: string): Promise<string | undefined> {
  try {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
    return (error as Error).message;
  }
}

/**
 * Unmounts what lies below a folder, deepest first; a pinned network namespace is a mount as well. What is mounted there
 * nevertheless, such as what another mount covers.
 */
async function unmountBelow(folder: string): Promise<string | undefined> {
  let said = '';
  for (const point of await mountsBelow(folder))
    said += (await runCommand(['umount', '--lazy', point])).stderr;
  const left = await mountsBelow(folder);
  return left.length === 0 ? undefined : tail(`${left.join('\n')}\n${said}`);
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  return (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}

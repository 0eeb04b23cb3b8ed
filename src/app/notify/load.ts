import { dirname, resolve } from 'node:path';
import { InputError, type Problem } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { secretIn } from '../../core/secrets/secret-file.js';
import { inOrder, loadDocument, type Path, validate, type YamlDocument } from '../../document/index.js';
import { TROUBLES } from '../../render/report/notification/events.js';
import type { Io } from '../terminal/io.js';
import { notifySchema, type Occasion } from './schema.js';

/** Whom to notify of what. */
export interface Recipient {
  readonly on: readonly Occasion[];
  readonly via: Webhook | Command;
}

export interface Webhook {
  readonly kind: 'webhook';
  /** It may have a token in its path. */
  readonly url: Secret;
  readonly host: string;
  readonly secret: Secret | undefined;
}

export interface Command {
  readonly kind: 'command';
  readonly words: readonly string[];
  /** Where it runs: the folder of the file that names it. */
  readonly folder: string;
}

type From = Readonly<Partial<Record<'env' | 'file', string>>>;

interface Entry {
  readonly webhook?: string | From;
  readonly secret?: From;
  readonly command?: readonly string[];
  readonly on?: readonly Occasion[];
}

/** The recipients that a file names, with their secrets. Throws InputError with every problem of the file. */
export async function loadRecipients(
  named: string,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<Recipient[]> {
  const document = loadDocument(named);
  const problems = [...validate(document, notifySchema())];
  if (problems.length > 0) throw new InputError(problems);
  const folder = dirname(resolve(cwd, named));
  const entries = document.value['notify'] as unknown as readonly Entry[];
  const reading = new Reading(document, env, folder, problems);
  const found = await Promise.all(entries.map((entry, index) => reading.recipient(entry, index)));
  if (problems.length > 0) throw new InputError(inOrder(problems));
  return found.flatMap((one) => one ?? []);
}

class Reading {
  constructor(
    private readonly document: YamlDocument,
    private readonly env: Io['env'],
    private readonly folder: string,
    private readonly problems: Problem[],
  ) {}

  async recipient(entry: Entry, index: number): Promise<Recipient | undefined> {
    const { webhook, command, secret, on = TROUBLES } = entry;
    const path = ['notify', index];
    if ((webhook === undefined) === (command === undefined)) {
      const what =
        webhook === undefined ? 'names neither a webhook nor a command' : 'names a webhook and a command';
      return this.refuse(path, what, 'each entry must have exactly one of: webhook, command');
    }
    if (command !== undefined) {
      if (secret !== undefined)
        return this.refuse([...path, 'secret'], 'a command is not signed', 'remove it, or name a webhook');
      return { on, via: { kind: 'command', words: command, folder: this.folder } };
    }
    const [url, key] = await Promise.all([
      typeof webhook === 'string' ? new Secret(webhook) : this.secret([...path, 'webhook'], webhook ?? {}),
      secret === undefined ? undefined : this.secret([...path, 'secret'], secret),
    ]);
    const host = url && this.host([...path, 'webhook'], url);
    return url && host ? { on, via: { kind: 'webhook', url, host, secret: key } } : undefined;
  }

  /** The address itself is not shown: it may have a token in it. */
  private host(path: Path, url: Secret): string | undefined {
    const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : undefined;
    if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol))
      return this.refuse(path, 'is not a web address', 'write one such as https://hooks.example.com/network');
    if (parsed.username !== '' || parsed.password !== '')
      return this.refuse(
        path,
        'has a user or a password in front of the host',
        'remove them; requests are signed with `secret` instead',
      );
    return parsed.host;
  }

  private async secret(path: Path, { env, file }: From): Promise<Secret | undefined> {
    if (file === undefined) {
      const value = this.env[env ?? ''];
      if (value !== undefined && value !== '') return new Secret(value);
      return this.refuse([...path, 'env'], `the environment has no ${env}`, 'set it, or name a file');
    }
    const found = await secretIn(resolve(this.folder, file), file);
    if (found instanceof Secret) return found;
    return this.refuse([...path, 'file'], `${file} ${found.reason}`, found.fix);
  }

  private refuse(path: Path, message: string, fix: string): undefined {
    this.problems.push(this.document.problem(path, message, fix));
    return undefined;
  }
}

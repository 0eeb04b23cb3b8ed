import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came, and how it was answered. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
}

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly html_url: string;
  body: string;
}

export interface Settings {
  /** What the webhook `/hook` answers to its first requests; after that 204. */
  readonly hook?: readonly number[];
  /** What GitHub answers to its first requests, instead of doing what they ask. */
  readonly github?: readonly number[];
  /** How many comments GitHub makes and yet answers with 502. */
  readonly lost?: number;
  /** Comments that are there. */
  readonly comments?: readonly Pick<Comment, 'user' | 'body'>[];
  /** GitHub's token. */
  readonly token?: string;
  /** File to which each request is added as a line of JSON. */
  readonly log?: string;
}

export const BOT = 'github-actions[bot]';

/** A webhook, and the part of GitHub's API that comments on issues. Anything else that it is asked for is answered with 501. */
export class Service {
  readonly received: Received[] = [];
  readonly comments: Comment[];
  readonly #server: Server;
  readonly #hook: number[];
  readonly #github: number[];
  #lost: number;

  private constructor(private readonly settings: Settings) {
    this.#hook = [...(settings.hook ?? [])];
    this.#github = [...(settings.github ?? [])];
    this.#lost = settings.lost ?? 0;
    this.comments = [];
    for (const { user, body } of settings.comments ?? []) this.#add(user.login, body);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** On loopback; `port` 0 is any free one. */
  static async start(settings: Settings = {}, port = 0): Promise<Service> {
    const service = new Service(settings);
    await new Promise<void>((resolve, reject) => {
      service.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    const { status, reply, location } = this.#reply({ method, path, body, token: headers.authorization });
    const received = { method, path, headers: headers as Record<string, string>, body, status };
    this.received.push(received);
    if (this.settings.log !== undefined) appendFileSync(this.settings.log, `${JSON.stringify(received)}\n`);
    response.writeHead(status, { 'Content-Type': 'application/json', ...(location && { location }) });
    response.end(reply === undefined ? '' : JSON.stringify(reply));
    if (path === '/stop') void this.stop();
  }

  #reply(asked: { method: string; path: string; body: string; token: string | undefined }): {
    status: number;
    reply?: unknown;
    location?: string;
  } {
    const { method, path, body, token } = asked;
    if (method === 'POST' && path === '/stop') return { status: 204 };
    if (method === 'POST' && path === '/hook') {
      const status = this.#hook.shift() ?? 204;
      return status >= 300 && status < 400 ? { status, location: '/elsewhere' } : { status };
    }
    if (!path.startsWith('/repos/')) return { status: 501 };
    const forced = this.#github.shift();
    if (forced !== undefined) return { status: forced, reply: { message: 'as the test wants' } };
    if (token !== `Bearer ${this.settings.token ?? 'a-token'}`) return { status: 401, reply: {} };
    const [, list, query] =
      /^\/repos\/o\/r\/issues\/7\/comments(\?per_page=100&page=(\d+))?$/.exec(path) ?? [];
    const isList = path.startsWith('/repos/o/r/issues/7/comments');
    if (method === 'GET' && list !== undefined) {
      const from = (Number(query) - 1) * 100;
      return { status: 200, reply: this.comments.slice(from, from + 100) };
    }
    if (method === 'POST' && isList && list === undefined) {
      const reply = this.#add(BOT, textOf(body));
      return this.#lost-- > 0 ? { status: 502 } : { status: 201, reply };
    }
    const [, id] = /^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const comment = this.comments.find((one) => one.id === Number(id));
    if (method !== 'PATCH' || comment === undefined) return { status: 501 };
    comment.body = textOf(body);
    return { status: 200, reply: comment };
  }

  #add(login: string, body: string): Comment {
    const id = 1000 + this.comments.length;
    const comment = {
      id,
      user: { login },
      html_url: `https://github.example/o/r/pull/7#issuecomment-${id}`,
      body,
    };
    this.comments.push(comment);
    return comment;
  }
}

function textOf(json: string): string {
  const { body, ...rest } = JSON.parse(json) as { body?: unknown };
  if (typeof body !== 'string' || Object.keys(rest).length > 0) throw new Error(`no comment: ${json}`);
  if (body.length > 65_536) throw new Error('GitHub refuses a comment this long');
  return body;
}

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type HeldPort, holdPort } from '../../../src/lab/network/held-port.js';

let held: HeldPort;
beforeEach(async () => {
  held = await holdPort();
});
afterEach(() => held.release());

const answer = async (): Promise<string> => {
  const socket = connect(held.port, '127.0.0.1').setEncoding('utf8');
  const said = once(socket, 'data').then(
    ([text]) => String(text),
    (error: NodeJS.ErrnoException) => error.code ?? 'error',
  );
  return said.finally(() => socket.destroy());
};

it('refuses connections before, between and after servers that listen there', async () => {
  for (const name of ['one', 'two']) {
    expect(await answer()).toBe('ECONNREFUSED');
    const server = createServer((socket) => socket.on('error', () => undefined).end(name));
    await once(server.listen(held.port, '127.0.0.1'), 'listening');
    expect(await answer()).toBe(name);
    await new Promise((closed) => server.close(closed));
  }
  expect(await answer()).toBe('ECONNREFUSED');
});

/** Whether a program can take the port that wants it as its own. */
const canTake = (): boolean => {
  const program = `use IO::Socket::IP; exit !IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => ${held.port})`;
  try {
    execFileSync('perl', ['-e', program]);
    return true;
  } catch {
    return false;
  }
};

it('is given to nobody else until it is released', () => {
  expect(canTake()).toBe(false);
  held.release();
  expect(canTake()).toBe(true);
});

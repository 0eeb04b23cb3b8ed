import { connect, createServer, type Socket } from 'node:net';

/** Hands bytes on after a while, in order; an end or an error comes as late as the bytes before it. */
function pass(from: Socket, to: Socket, ms: number): void {
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
  from.on('error', () => setTimeout(() => to.destroy(), ms));
}

// Arguments: milliseconds each way, then LOCAL_PORT=HOST:PORT for each sshd. The first bytes wait a round trip more, as TCP's own handshake would.
const [delay = '50', ...routes] = process.argv.slice(2);
const ms = Number(delay);
for (const route of routes) {
  const [port = '', host = '', farPort = ''] = route.split(/[=:]/);
  createServer({ noDelay: true }, (near) => {
    near.pause();
    const far = connect({ port: Number(farPort), host, noDelay: true });
    pass(near, far, ms);
    pass(far, near, ms);
    setTimeout(() => near.resume(), 2 * ms);
  }).listen(Number(port), '127.0.0.1');
}

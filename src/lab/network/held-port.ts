import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface HeldPort {
  readonly port: number;
  /** What listens there stays; the port may be given to others afterwards. */
  release(): void;
}

/**
 * A TCP port that refuses connections until a server listens there, and that the system gives to nobody else: it is one end of
 * a connection. A server that sets SO_REUSEADDR can listen on it.
 */
export async function holdPort(address = '127.0.0.1'): Promise<HeldPort> {
  const listener = createServer().listen(0, address);
  await once(listener, 'listening');
  const accepted = once(listener, 'connection');
  const { port } = listener.address() as AddressInfo;
  // With an address of its own it is bound before it connects, and so sets SO_REUSEADDR, too.
  const end = connect({ host: address, port, localAddress: address });
  await once(end, 'connect');
  const [other] = (await accepted) as [Socket];
  for (const socket of [end, other]) socket.unref().on('error', () => undefined);
  listener.close();
  return { port: (end.address() as AddressInfo).port, release: () => void end.resetAndDestroy() };
}

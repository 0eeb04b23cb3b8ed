import { holdPort } from '../../src/lab/network/held-port.js';
import type { Inventory, Node } from '../../src/model/inventory.js';
import { collect, failure, transport } from './support/collect.js';
import { type FakeOptions, type FakeServer, fakeServer } from './support/fake-server.js';
import { folder } from './support/folder.js';
import { makeInventory } from './support/inventory.js';
import { makeKey } from './support/keys.js';
import { nodeOf } from './support/login.js';

const servers: FakeServer[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function serve(options: FakeOptions = {}): Promise<FakeServer> {
  const server = await fakeServer(options);
  servers.push(server);
  return server;
}

function named(name: string, server: Pick<FakeServer, 'port' | 'hostKey'>, jump?: string): Node {
  return { ...nodeOf(server, { user: 'root', ...(jump === undefined ? {} : { jump }) }), name };
}

const open = (inventory: Inventory) => transport({ inventory, home: folder() });

describe('nodes behind a jump host', () => {
  it('share one connection to it, with the node itself', async () => {
    const [edge, inner] = [await serve(), await serve()];
    const nodes = [named('edge', edge), ...['a', 'b', 'c'].map((name) => named(name, inner, 'edge'))];
    const ssh = open(makeInventory(nodes));
    const connections = await Promise.all(nodes.map((node) => ssh.connect(node)));
    const replies = await Promise.all(connections.map((connection) => collect(connection, 'echo in')));
    expect(replies.map(({ stdout }) => stdout)).toEqual(['in\n', 'in\n', 'in\n', 'in\n']);
    expect([edge.connections(), inner.connections()]).toEqual([1, 3]);
    const [first, ...others] = connections;
    await first?.close();
    for (const other of others) expect((await collect(other, 'echo still')).stdout).toBe('still\n');
  });

  it('are reached over nothing that is open already when that is asked for', async () => {
    const [edge, inner] = [await serve(), await serve()];
    const node = named('inner', inner, 'edge');
    const jump = named('edge', edge);
    const ssh = open(makeInventory([jump, node]));
    await Promise.all([ssh.connect(jump), ssh.connect(node)]);
    expect([edge.connections(), inner.connections()]).toEqual([1, 1]);
    const fresh = [
      await ssh.connect(node, undefined, { fresh: true }),
      await ssh.connect(jump, undefined, { fresh: true }),
    ];
    expect([edge.connections(), inner.connections()]).toEqual([3, 2]);
    const replies = await Promise.all(fresh.map((connection) => collect(connection, 'echo in')));
    expect(replies.map(({ stdout }) => stdout)).toEqual(['in\n', 'in\n']);
    await Promise.all(fresh.map((connection) => connection.close()));
    await ssh.connect(node);
    expect([edge.connections(), inner.connections()]).toEqual([3, 3]);
  });

  it('end with it, each by name, and reconnect over a new one', async () => {
    const [edge, inner] = [await serve(), await serve()];
    const nodes = [named('edge', edge), named('inner', inner, 'edge')];
    const ssh = open(makeInventory(nodes));
    const [, node] = nodes;
    if (node === undefined) throw new Error('no node');
    const connection = await ssh.connect(node);
    edge.clients[0]?.end();
    const { error, text } = await failure(collect(connection, 'sleep 5'));
    expect(error.code).toBe('E_CONNECTION_LOST');
    expect(text).toContain('inner');
    expect(text).toContain('through edge');
    expect((await collect(await ssh.connect(node), 'echo again')).stdout).toBe('again\n');
    expect(edge.connections()).toBe(2);
  });

  it('close the way when the last one is closed', async () => {
    const [edge, inner] = [await serve(), await serve()];
    const node = named('inner', inner, 'edge');
    const ssh = open(makeInventory([named('edge', edge), node]));
    const connection = await ssh.connect(node);
    const gone = new Promise((resolve) => edge.clients[0]?.once('close', () => resolve('closed')));
    await connection.close();
    expect(await gone).toBe('closed');
  });

  it('have their own key checked, and the jump host its own, before any login', async () => {
    const [edge, inner] = [await serve(), await serve()];
    const stranger = makeKey(folder(), 'stranger').publicKey;
    const pin = (node: Node): Node => ({ ...node, ssh: { ...node.ssh, hostKeys: [stranger] } });
    const behind = pin(named('inner', inner, 'edge'));
    const far = await failure(open(makeInventory([named('edge', edge), behind])).connect(behind));
    expect([far.error.code, far.error.details.node]).toEqual(['E_SSH_HOST_KEY_CHANGED', 'inner']);
    expect(inner.logins).toEqual([]);
    const node = named('inner', inner, 'edge');
    const logins = edge.logins.length;
    const near = await failure(open(makeInventory([pin(named('edge', edge)), node])).connect(node));
    expect([near.error.code, near.error.details.node]).toEqual(['E_SSH_HOST_KEY_CHANGED', 'edge']);
    expect(edge.logins.length).toBe(logins);
  });

  it('can’t be reached if it forbids that, or nothing answers', async () => {
    const [edge, strict] = [await serve(), await serve({ noForwarding: true })];
    const held = await holdPort();
    const nobody = { port: held.port, hostKey: edge.hostKey };
    const inner = named('inner', nobody, 'edge');
    const lost = await failure(open(makeInventory([named('edge', edge), inner])).connect(inner));
    expect(lost.error.details.node).toBe('inner');
    const barred = await failure(open(makeInventory([named('edge', strict), inner])).connect(inner));
    expect(barred.text).toMatch(/AllowTcpForwarding|as seen from edge/);
    held.release();
  });

  it('are connected to at most eight at a time', async () => {
    let [now, most] = [0, 0];
    const server = await serve({
      onLogin: (context, accept) => {
        if (context.method === 'publickey' && context.signature === undefined) {
          now += 1;
          most = Math.max(most, now);
        }
        setTimeout(() => {
          if (context.method === 'publickey' && context.signature !== undefined) now -= 1;
          accept();
        }, 30);
      },
    });
    const nodes = Array.from({ length: 20 }, (_, at) => named(`n${at}`, server));
    const ssh = open(makeInventory(nodes));
    await Promise.all(nodes.map((node) => ssh.connect(node)));
    expect(server.connections()).toBe(20);
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(4);
  });
});

// Runs proxies in their own process, so that they can run in another network: argv is a control socket and lines
// as JSON. Each line of JSON that is written to the control socket sets one line's mode; `ok` is the answer.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type LineMode, TcpProxy } from './tcp-proxy.js';

export interface ProxyLine {
  readonly name: string;
  readonly port: number;
  readonly target: { readonly host: string; readonly port: number };
}

const [socketPath = '', text = '[]'] = process.argv.slice(2);
const proxies = new Map<string, TcpProxy>();
for (const { name, port, target } of JSON.parse(text) as ProxyLine[]) {
  proxies.set(name, await TcpProxy.listen(port, target));
}

createServer((client) => {
  client.on('error', () => undefined);
  createInterface({ input: client }).on('line', (line) => {
    const { name, mode } = JSON.parse(line) as { name: string; mode: LineMode };
    proxies.get(name)?.set(mode);
    client.write(proxies.has(name) ? 'ok\n' : `no line ${name}\n`);
  });
}).listen(socketPath);

import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ask } from '../../src/visitor/http.js';

describe('a request of a visitor', () => {
  let server: Server;
  let begins: boolean;
  const answered = () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    return ask(socket, { host: 'photos.example.com', path: '/', ms: 300 });
  };
  beforeEach(async () => {
    server = createServer((_, response) => {
      if (!begins) return;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
    });
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((settle) => server.close(settle));
  });

  it('has an answer that never ends once time is up, as far as it was read', async () => {
    begins = true;
    expect(await answered()).toMatchObject({ status: 200, body: 'data: first\n\n' });
  });

  it('has none if nothing begins in time', async () => {
    begins = false;
    await expect(answered()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});

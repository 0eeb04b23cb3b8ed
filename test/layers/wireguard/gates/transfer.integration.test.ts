import { packetReplies, packetScript } from '../../../../src/packets/process.js';
import type { PacketProgram } from '../../../../src/packets/program.js';
import { transferProgram } from '../../../../src/packets/programs/transfer-program.js';
import { canMount } from '../../../support/can-mount.js';
import { runScript, SHELLS } from '../../../support/shells.js';

const PORT = 61_000;

/** Serves one connection in the background, as its own code says, and is gone. */
const peer = (code: string): PacketProgram => ({
  code: `socket(my $listener, AF_INET, SOCK_STREAM, IPPROTO_TCP) or die;
bind($listener, to_socket('127.0.0.2', ${PORT})) && listen($listener, 1) or die "$!\\n";
fork and exit 0;
alarm 10;
accept(my $socket, $listener) or die;
${code};
exit 0;
`,
  data: [],
  without: 'exit 1',
});

(canMount ? describe : describe.skip)('transfer to a peer that', () => {
  const [dash] = SHELLS;
  if (!dash) throw new Error('no shell');
  const sender = transferProgram(
    { listen: [], send: ['127.0.0.2'], serve: [], port: PORT, bytes: 4096, ipv6: [] },
    { patience: 1, token: 'Token1' },
  );

  it.each([
    ['gives up first was met by silence', 'sysread($socket, my $all, 8192)', 'silence'],
    [
      'breaks off was broken off',
      "sysread($socket, my $some, 10); setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0))",
      'Connection reset by peer',
    ],
  ])('%s', (_what, code, result) => {
    const script = packetScript(
      [
        { id: 'peer', program: peer(code), earlier: 0 },
        { id: 'sender', program: sender, earlier: 0 },
      ],
      'Token1',
    );
    const reply = runScript(dash, script, { under: ['unshare', '-n'], before: 'ip link set lo up' });
    expect(packetReplies(['sender'], reply).get('sender')).toMatchObject({
      code: 0,
      stdout: `stuck 0 connected ${result}\nend`,
      stderr: '',
    });
  });
});

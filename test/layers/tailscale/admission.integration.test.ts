import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admission, admissionIn, READ_ADMISSION } from '../../../src/layers/tailscale/live/admission.js';
import { fromLines } from '../../../src/remote/reply-lines.js';
import { describeShells, runScript } from '../../support/shells.js';

const FILTER = [
  {
    SrcIPs: ['100.64.0.1/32', 'fd7a:115c:a1e0::1/128'],
    DstPorts: [{ IP: '100.64.0.2/32', Bits: null, Ports: { First: 22, Last: 80 } }],
    IPProto: [6],
  },
];

describeShells('what tailscaled lets in from the tailnet', (shell) => {
  let folder: string;
  let socket: string;
  let server: Server;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-admission-'));
    socket = join(folder, 'tailscaled.sock');
    server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** `answer`: sh that answers when asked for the filter. */
  const read = (answer: string, shields = false): Admission | undefined => {
    const program = `#!/bin/sh
case "$*" in
'debug netmap') ${answer} ;;
'debug prefs') printf '{\\n\\t"ShieldsUp": ${shields},\\n\\t"OSVersion": ""\\n}\\n' ;;
*) exit 9 ;;
esac
`;
    writeFileSync(join(folder, 'tailscale'), program, { mode: 0o755 });
    const script = READ_ADMISSION.replaceAll('/run/tailscale/tailscaled.sock', socket);
    return fromLines(admissionIn)(runScript(shell, `${script}\necho end`, { path: [folder] }));
  };
  /** As the daemon does, among all else that it was given, with the rules once more in another form before them. */
  const printing = (rules: unknown): string => {
    const netmap = { Name: 'wk', PacketFilter: [{ Srcs: [] }], PacketFilterRules: rules, Peers: [] };
    return `cat <<'JSON'\n${JSON.stringify(netmap, null, '\t')}\nJSON\n`;
  };

  it('is read over many lines', () => {
    expect(read(printing(FILTER))).toEqual({
      rules: [
        {
          sources: ['100.64.0.1/32', 'fd7a:115c:a1e0::1/128'],
          targets: [{ address: '100.64.0.2/32', first: 22, last: 80 }],
          protocols: [6],
        },
      ],
      shielded: false,
    });
  });

  it('is read whole, however long it is', () => {
    const many = Array.from({ length: 99 }, (_, index) => ({ ...FILTER[0], IPProto: [index] }));
    expect(read(printing(many))?.rules.map(({ protocols }) => protocols)).toEqual(
      many.map(({ IPProto }) => IPProto),
    );
  });

  it('is nothing if there is no rule, or if it was told so', () => {
    expect(read(printing(null))).toEqual({ rules: [], shielded: false });
    expect(read(printing([]))).toEqual({ rules: [], shielded: false });
    expect(read(printing(null), true)).toMatchObject({ shielded: true });
  });

  it('is not known if it does not say so', () => {
    expect(read('echo no netmap; exit 1')).toBeUndefined();
  });

  it('is not known without a tailscaled', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(read(printing(null))).toBeUndefined();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
});

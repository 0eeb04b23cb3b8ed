import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import askScript from '../../../src/layers/tailscale/live/ask.sh';
import { describeShells, runScript } from '../../support/shells.js';

describeShells('the status of a tailscaled that has just started', (shell) => {
  let folder: string;
  let socket: string;
  let server: Server;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-settled-'));
    socket = join(folder, 'tailscaled.sock');
    server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const settled = (...states: readonly string[]): string => {
    const answers = states.map((state, i) => `${i + 1}) state=${state} ;;`).join('\n');
    const program = `#!/bin/sh
folder=\${0%/*}
echo x >>"$folder/asked"
case $(wc -l <"$folder/asked" | tr -d ' ') in
${answers}
esac
printf '{\\n  "BackendState": "%s"\\n}\\n' "$state"
`;
    writeFileSync(join(folder, 'tailscale'), program, { mode: 0o755 });
    const script = askScript.replaceAll('/run/tailscale/tailscaled.sock', socket);
    return runScript(shell, `${script}tailscale_settled`, { path: [folder] }).stdout;
  };

  it('is asked again until it knows whether it is in its tailnet', () => {
    expect(settled('NoState', 'Starting', 'Running')).toContain('"BackendState": "Running"');
  });

  it('is taken at once from one that is logged out', () => {
    expect(settled('NeedsLogin', 'Running')).toContain('"BackendState": "NeedsLogin"');
  });
});

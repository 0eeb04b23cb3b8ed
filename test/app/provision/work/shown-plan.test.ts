import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply } from '../../../../src/app/provision/work/commands.js';
import { noteShown } from '../../../../src/app/provision/work/shown-plan.js';
import type { WorkRequest } from '../../../../src/app/provision/work/types.js';
import { EXIT } from '../../../../src/core/errors.js';
import { folderWith } from '../../../cli/helpers.js';

const TEXT = `name: small
nodes:
  a: { public: 198.51.100.1, ssh: { host: 127.0.0.1, port: 1, user: root } }
  b: { public: 198.51.100.2, ssh: { host: 127.0.0.1, port: 1, user: root } }
networks:
  home: { range: 10.1.0.0/24, addresses: { a: 10.1.0.1, b: 10.1.0.2 } }
`;

describe('what was agreed to', () => {
  it('is not applied without a question once the inventory says something else', async () => {
    const folder = folderWith({ 'inventory.yaml': TEXT });
    const file = join(folder, 'inventory.yaml');
    const out: string[] = [];
    const stream = { write: (text: string) => out.push(text), isTTY: false };
    const io = { cwd: folder, env: { HOME: folder }, stdin: stream, stdout: stream, stderr: stream };
    const options = { timeout: 1, sudoTimeout: 1, color: 'never', stateDir: join(folder, 'state') };
    const request = { io, options, file } as unknown as WorkRequest;
    noteShown({ inventory: file }, request.io);
    writeFileSync(file, TEXT.replaceAll('10.1.0.', '10.2.0.'));
    await expect(apply(request)).rejects.toMatchObject({
      code: 'E_USAGE',
      exitCode: EXIT.badInput,
      details: { fix: expect.stringContaining('--yes') },
    });
    expect(out.join('')).toContain('The files were changed since that plan was shown.');
  });
});

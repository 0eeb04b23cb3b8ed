import { runCommand } from '../../../src/lab/host/command.js';

describe('a local command of the lab', () => {
  it.each([0, 3])('may end without reading its input, with %s', async (code) => {
    const input = 'x'.repeat(1 << 20);
    const ended = await runCommand(['sh', '-c', `exec <&-; sleep 0.1; exit ${code}`], { input });
    expect(ended).toEqual({ code, stdout: '', stderr: '' });
  });

  it('reads the end of its input at once if that is empty', async () => {
    const ended = await runCommand(['sh', '-c', 'cat; echo end'], { input: '', timeoutMs: 5_000 });
    expect(ended).toEqual({ code: 0, stdout: 'end\n', stderr: '' });
  });
});

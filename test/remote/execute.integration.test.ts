import { execute } from '../../src/remote/execute.js';
import { buildProgram } from '../../src/remote/program.js';
import { LocalConnection } from '../support/local-transport.js';

const options = { node: 'n1', deadlineMs: 5000 };

const SHELLS: [string, ...string[]][] = [
  ['dash', '-s'],
  ['bash', '--posix', '-s'],
  ['busybox', 'sh', '-s'],
];
const WAYS = SHELLS.flatMap((shell) => [false, true].map((gathered) => ({ shell, gathered })));

describe.each(WAYS)('execute under $shell, gathered: $gathered', ({ shell, gathered }) => {
  const run = (fragments: Parameters<typeof execute>[1]) =>
    execute(new LocalConnection(shell), fragments, { ...options, gathered });

  it('answers in one piece only if it is gathered', async () => {
    const chunks: number[] = [];
    const connection = new LocalConnection(shell);
    const { run: answer } = connection;
    connection.run = (program, { onStdout, ...rest }) =>
      answer.call(connection, program, {
        ...rest,
        onStdout: (chunk) => {
          chunks.push(chunk.length);
          onStdout?.(chunk);
        },
      });
    const script = 'echo one; sleep 0.2; echo two';
    const replies = await execute(connection, [{ id: 'slow', script }], { ...options, gathered });
    expect(replies.get('slow')?.stdout).toBe('one\ntwo\n');
    expect(chunks.length > 1).toBe(!gathered);
  });

  it('brings back more than a pipe holds', async () => {
    const script =
      'i=0; while [ $i -lt 3000 ]; do echo "line $i of a long answer, and of a long complaint"; i=$((i + 1)); done';
    const replies = await run([{ id: 'long', script: `${script}; ${script} >&2` }]);
    expect(replies.get('long')?.stdout.split('\n')).toHaveLength(3001);
    expect(replies.get('long')?.stderr).toBe(replies.get('long')?.stdout);
  });

  it('keeps each fragment’s bytes, both streams and its status', async () => {
    const replies = await run([
      { id: 'a', script: "printf 'no newline'" },
      { id: 'b', script: "printf 'line\\n\\n'; printf 'oops\\n' >&2; exit 7" },
      { id: 'c', script: 'printf "%s" "$(printf \'\\303\\251\')"' },
    ]);
    const began = Date.now();
    for (const { between: [sent = 0, answered = 0] = [] } of replies.values()) {
      expect(sent).toBeLessThanOrEqual(answered);
      expect(Math.abs(began - answered)).toBeLessThan(5000);
    }
    expect([...replies.values()]).toMatchObject([
      { id: 'a', code: 0, stdout: 'no newline', stderr: '' },
      { id: 'b', code: 7, stdout: 'line\n\n', stderr: 'oops\n' },
      { id: 'c', code: 0, stdout: 'é', stderr: '' },
    ]);
  });

  it('survives a syntax error and a fragment that reads its input', async () => {
    const replies = await run([
      { id: 'broken', script: "if then '" },
      { id: 'reader', script: 'cat; echo read' },
      { id: 'last', script: 'echo here' },
    ]);
    expect(replies.get('broken')?.code).toBe(2);
    expect(replies.get('reader')?.stdout).toBe('read\n');
    expect(replies.get('last')?.stdout).toBe('here\n');
  });

  it('runs nothing after a required fragment that failed', async () => {
    const replies = await run([
      { id: 'one', script: 'exit 3', required: true },
      { id: 'two', script: 'echo never' },
    ]);
    expect([...replies.keys()]).toEqual(['one']);
  });

  it('passes a heredoc and every quote through', async () => {
    const replies = await run([{ id: 'h', script: "cat <<'X'\nit's \"$HOME\" `x` \\\nX\n" }]);
    expect(replies.get('h')?.stdout).toBe('it\'s "$HOME" `x` \\\n');
  });
});

describe('a program', () => {
  it('does nothing when it is cut off anywhere', async () => {
    const whole = buildProgram([{ id: 'a', script: 'echo ran' }], 'n0');
    const lastCall = whole.lastIndexOf('bridgehead_main');
    for (const cut of [20, 200, whole.indexOf('echo ran') + 9, lastCall]) {
      const seen: Buffer[] = [];
      await new LocalConnection().run(whole.slice(0, cut), {
        deadlineMs: 1000,
        maxBytes: 1e6,
        onStdout: (c) => seen.push(c),
      });
      expect(Buffer.concat(seen).toString()).toBe('');
    }
  });

  it('refuses ids that could break its frame', () => {
    expect(() => buildProgram([{ id: 'a b', script: '' }], 'n')).toThrow('malformed');
    expect(() =>
      buildProgram(
        [
          { id: 'a', script: '' },
          { id: 'a', script: '' },
        ],
        'n',
      ),
    ).toThrow('repeated');
  });

  it('that dies in the middle is an error, not a short answer', async () => {
    const dies = execute(new LocalConnection(), [{ id: 'a', script: 'kill -9 $$' }], options);
    await expect(dies).rejects.toMatchObject({ code: 'E_REMOTE_GARBLED', details: { node: 'n1' } });
  });
});

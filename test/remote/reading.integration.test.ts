import { buildProgram, type Fragment } from '../../src/remote/program.js';
import { reading, sh } from '../../src/remote/script.js';
import { describeShells, runScript } from '../support/shells.js';

describeShells('a reading', (shell) => {
  const COUNTING = `n=$(cat "$count"); n=$((n + 1)); echo "$n" >"$count"; echo "it's $n"; echo '} )' two`;
  const asking = (id: string, over: Partial<Fragment> = {}): Fragment => ({
    id,
    script: sh`seen=${reading(COUNTING)}\nprintf '%s|' "$seen"`,
    readOnly: true,
    ...over,
  });
  const change: Fragment = { id: 'change', script: ':' };

  /** What each fragment saw, and how often it was read. */
  function run(...fragments: Fragment[]) {
    const before = 'count=$(mktemp); export count; echo 0 >"$count"';
    const program = buildProgram(fragments, 'nonce');
    const { stdout, stderr, code } = runScript(shell, `${program}\ncat "$count"; rm "$count"`, { before });
    expect({ code, errors: stderr.replaceAll(/\n?@nonce .*\n/g, '').trim() }).toEqual({
      code: 0,
      errors: '',
    });
    const seen = [...stdout.matchAll(/^it's (\d+)\n\} \) two\|/gm)].map(([, number]) => Number(number));
    return { seen, read: Number(stdout.trim().split('\n').at(-1)) };
  }

  it('is made once for all that only read', () => {
    expect(run(asking('a'), asking('b'), asking('c'))).toEqual({ seen: [1, 1, 1], read: 1 });
  });

  it('is made by the fragment itself if it is alone, or may change something', () => {
    expect(run(asking('a'))).toEqual({ seen: [1], read: 1 });
    expect(run(asking('a', { readOnly: false }), asking('b', { readOnly: false }))).toEqual({
      seen: [1, 2],
      read: 2,
    });
  });

  it('is made again after a change', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => asking(id));
    if (!a || !b || !c || !d) throw new Error('no fragments');
    expect(run(a, b, change, c, d)).toEqual({ seen: [1, 1, 2, 2], read: 2 });
    expect(run(a, change, b)).toEqual({ seen: [1, 2], read: 2 });
    expect(run(change, a, b, { ...change, id: 'another' })).toEqual({ seen: [1, 1], read: 1 });
  });

  it('may be any sh', () => {
    const seen = reading('case x in\n*) echo "it\'s" ;;\nesac');
    expect(runScript(shell, sh`printf '%s' "${seen}"`).stdout).toBe("it's");
  });

  it('may fail, and say so in vain', () => {
    const failing = (id: string): Fragment => ({
      id,
      script: sh`seen=${reading("sh -c 'echo loud >&2; exit 3' </nowhere")}\necho "[$seen]"`,
      readOnly: true,
    });
    const { stdout, stderr } = runScript(shell, buildProgram([failing('a'), failing('b')], 'nonce'));
    expect(stdout.match(/^\[\]$/gm)).toHaveLength(2);
    expect(stderr).not.toMatch(/loud|nowhere/);
  });
});

it('a script is not lost in a plain template', () => {
  expect(() => `${reading('id')}`).toThrow(TypeError);
});

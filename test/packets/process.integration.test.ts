import { packetReplies, packetScript } from '../../src/packets/process.js';
import type { PacketProgram } from '../../src/packets/program.js';
import { fakes } from '../layers/wireguard/gates/fakes.js';
import { describeShells, runScript, type ShellOptions } from '../support/shells.js';

const program = (code: string, changes: Partial<PacketProgram> = {}): PacketProgram => ({
  code,
  data: [],
  without: 'echo no-perl',
  ...changes,
});

describeShells('packet programs of one node', (shell) => {
  const ask = (programs: Readonly<Record<string, PacketProgram>>, options: ShellOptions = {}) => {
    const placed = Object.entries(programs).map(([id, one]) => ({ id, program: one, earlier: 0 }));
    const reply = runScript(shell, packetScript(placed, 'Token1'), options);
    return packetReplies(Object.keys(programs), reply);
  };

  it('have their own data and names, and separate answers', () => {
    const code =
      'my $own = datum(\'word\'); sub mine { return $own } print mine(), "\\n"; print STDERR "heard $own\\n";\n';
    const replies = ask({
      'gate.one': program(code, { data: [['word', 'first']] }),
      'gate.two': program(code, { data: [['word', 'second']] }),
    });
    expect(Object.fromEntries(replies)).toEqual({
      'gate.one': { id: 'gate.one', code: 0, stdout: 'first\nend', stderr: 'heard first' },
      'gate.two': { id: 'gate.two', code: 0, stdout: 'second\nend', stderr: 'heard second' },
    });
  });

  it('fail one by one', () => {
    const replies = ask({
      died: program('print "half\\n"; die "no socket\\n";\n'),
      broken: program('my $x = ;\n'),
      killed: program('kill 9, $$;\n'),
      well: program('print "fine\\n";\n'),
    });
    expect(replies.get('died')).toMatchObject({ code: 255, stdout: 'half', stderr: 'no socket' });
    expect(replies.get('broken')).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('syntax error'),
    });
    expect(replies.get('killed')).toMatchObject({ code: 137, stdout: '' });
    expect(replies.get('well')).toMatchObject({ code: 0, stdout: 'fine\nend' });
  });

  const inVain = program('print "waited ", datum("patience"), "\\n"; $unwell = 1;\n', {
    data: [['patience', 9]],
  });

  it('wait a second at most after one that has waited in vain', () => {
    const replies = ask({ one: inVain, two: inVain });
    expect(replies.get('one')).toMatchObject({ code: 0, stdout: 'waited 9\nend' });
    expect(replies.get('two')).toMatchObject({ code: 0, stdout: 'waited 1\nend' });
  });

  it('are left out in haste after one that has waited in vain', () => {
    const programs = [program('print "fine\\n";\n'), inVain, inVain];
    const placed = programs.map((one, number) => ({ id: `p${number}`, program: one, earlier: 0 }));
    const reply = runScript(shell, packetScript(placed, 'Token1', true), {});
    const replies = packetReplies(['p0', 'p1', 'p2'], reply);
    expect([...replies.keys()]).toEqual(['p0', 'p1']);
    expect(replies.get('p1')).toMatchObject({ code: 0, stdout: 'waited 9\nend' });
  });

  it('are left out in haste with the first one that lacks what it needs, and only in haste', () => {
    const fine = program('print "fine\\n";\n');
    const needy = { ...fine, needs: ['/', '/nowhere/to-be-found'] };
    const placed = [{ ...fine, needs: ['/'] }, needy, fine].map((one, number) => ({
      id: `p${number}`,
      program: one,
      earlier: 0,
    }));
    const answered = (haste: boolean) =>
      [...packetReplies(['p0', 'p1', 'p2'], runScript(shell, packetScript(placed, 'Token1', haste), {}))]
        .filter(([, { code, stdout }]) => code === 0 && stdout === 'fine\nend')
        .map(([id]) => id);
    expect(answered(true)).toEqual(['p0']);
    expect(answered(false)).toEqual(['p0', 'p1', 'p2']);
  });

  it('say all that perl said when it can’t run at all', () => {
    const folder = fakes({ perl: 'echo "perl: no libperl" >&2; exit 127' });
    const replies = ask({ one: program(''), two: program('') }, { before: `PATH=${folder}:$PATH` });
    for (const id of ['one', 'two'])
      expect(replies.get(id)).toEqual({ id, code: 127, stdout: '', stderr: 'perl: no libperl\n' });
  });

  it('each have a substitute if there is no perl', () => {
    const one = program('', { without: `echo "it's one"` });
    const two = program('', { without: 'echo two; exit 3' });
    const replies = ask({ one, two }, { before: `PATH=${fakes({})}` });
    expect(replies.get('one')).toMatchObject({ code: 0, stdout: "it's one\nend" });
    expect(replies.get('two')).toMatchObject({ code: 3, stdout: 'two' });
  });
});

it('a data word with a space in it is refused', () => {
  const spaced = program('', { data: [['ping', '10.0.0.1 10.0.0.2']] });
  expect(() => packetScript([{ id: 'x', program: spaced, earlier: 0 }], 'Token1')).toThrow('not a data word');
});

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ScriptParams, scriptStep, UNSATISFIED } from '../../../../src/layers/host/steps/script.js';
import type { StepContext } from '../../../../src/layers/step.js';
import { standalone } from '../../../../src/remote/script.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

const plan = (params: ScriptParams, code: number, stderr = '') =>
  scriptStep.plan(stepContext(params), { code, stderr }, NO_FACTS);

describe('script: plan', () => {
  const params: ScriptParams = { check: 'test -e /a', run: 'touch /a\n' };

  it('has nothing to do if the check is satisfied', () => {
    expect(plan(params, 0)).toEqual([]);
  });

  it('builds one change', () => {
    expect(plan(params, 1)).toEqual([
      {
        summary: 'run touch /a',
        disruption: { level: 'none' },
        touches: { network: true },
        guarded: true,
        diff: '+touch /a',
        script: `export BRIDGEHEAD_NODE='ms-1' BRIDGEHEAD_ROLE='master' BRIDGEHEAD_SITE='home' BRIDGEHEAD_INTERFACE='wg0' BRIDGEHEAD_ADDRESS='172.27.15.11'
printf '%s' 'umask 022
( eval '\\''set -eu
touch /a
'\\'' ) </dev/null
' | timeout -k 5 300 sh -s || exit
printf '%s' 'umask 022
( eval '\\''test -e /a'\\'' ) </dev/null
' | timeout -k 5 30 sh -s || { status=$?; echo "its check still exits with status $status" >&2; exit 70; }`,
      },
    ]);
  });

  it.each([
    [127, 'sh: docker: not found\n', 'run x (its check exited with status 127: sh: docker: not found)'],
    [126, '', 'run x (its check exited with status 126)'],
    [124, '', 'run x (its check did not end within 30 s)'],
    [1, 'noise', 'run x'],
  ])('makes a check that ended with %i visible', (code, stderr, summary) => {
    expect(plan({ check: 'docker info', run: 'y', name: 'x' }, code, stderr)[0]?.summary).toBe(summary);
  });

  it('shows the first lines of a long script', () => {
    const run = Array.from({ length: 25 }, (_, n) => `echo ${n}`).join('\n');
    const lines = plan({ check: 'false', run }, 1)[0]?.diff?.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines?.at(-1)).toBe(' (5 more lines)');
  });

  it('has time for the script, its check and the end of both', () => {
    expect(scriptStep.timeoutSeconds?.(stepContext({ ...params, timeout: 600 }))).toBe(640);
  });

  it('refuses what no shell can run', () => {
    expect(scriptStep.check?.(stepContext({ check: 'a\0', run: ' \n' }))).toEqual([
      'check contains a NUL byte; write plain text',
      'run is empty; write the commands',
    ]);
    expect(scriptStep.check?.(stepContext(params))).toEqual([]);
  });
});

describeShells('script: on a machine', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-script-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const look = (context: StepContext<ScriptParams>) => {
    const reply = runScript(shell, scriptStep.probe(context).script);
    return { reply, changes: scriptStep.plan(context, scriptStep.probe(context).parse(reply), NO_FACTS) };
  };
  const apply = (params: ScriptParams) => {
    const context = stepContext(params);
    const script = look(context).changes[0]?.script;
    if (script === undefined) throw new Error('nothing was planned');
    return { context, reply: runScript(shell, script), after: () => look(context).changes };
  };

  it('runs once, and then has nothing to do', () => {
    const { reply, after } = apply({
      check: `test -e '${folder}/done'`,
      run: `echo "it's $BRIDGEHEAD_NODE $BRIDGEHEAD_ROLE $BRIDGEHEAD_SITE" '%s' "$BRIDGEHEAD_INTERFACE" $BRIDGEHEAD_ADDRESS >'${folder}/done'`,
    });
    expect(reply).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(`${folder}/done`, 'utf8')).toBe("it's ms-1 master home %s wg0 172.27.15.11\n");
    expect(statSync(`${folder}/done`).mode & 0o777).toBe(0o644);
    expect(after()).toEqual([]);
  });

  it('stops at the first command that fails, and at a variable that is not set', () => {
    for (const run of ['false', 'echo "$no_such_variable"']) {
      const { reply } = apply({ check: `test -e '${folder}/a'`, run: `${run}\n: >'${folder}/a'` });
      expect(reply.code).not.toBe(0);
      expect(existsSync(`${folder}/a`)).toBe(false);
    }
  });

  it('keeps the status of a script that fails', () => {
    expect(apply({ check: 'false', run: 'echo why >&2; exit 42' }).reply).toMatchObject({
      code: 42,
      stderr: 'why\n',
    });
  });

  it('fails a script whose check is still not satisfied', () => {
    const { reply, context } = apply({ check: 'exit 3', run: 'true', name: 'the thing' });
    expect(reply.code).toBe(UNSATISFIED);
    expect(scriptStep.explain?.(context, reply)?.message).toBe(
      'the thing ran, but its check still exits with status 3',
    );
  });

  it('does not take a script’s own status for its own', () => {
    const { reply, context } = apply({ check: 'false', run: `exit ${UNSATISFIED}` });
    expect(reply.code).toBe(UNSATISFIED);
    expect(scriptStep.explain?.(context, reply)).toBeUndefined();
  });

  it.each(['echo "unbalanced', 'fi', ')', "echo '", 'if true; then'])(
    'keeps the broken text %j to itself',
    (text) => {
      const context = stepContext<ScriptParams>({ check: text, run: 'true' });
      const reply = runScript(
        shell,
        `( ${standalone(scriptStep.probe(context).script)} )\nstatus=$?\necho after\nexit "$status"`,
      );
      expect(reply.code).not.toBe(0);
      expect(reply.stdout).toBe('after\n');
      expect(reply.stderr).not.toBe('');
    },
  );

  it('gives no standard input and leaves nothing of the text to be read', () => {
    const { reply } = apply({ check: `test -e '${folder}/a'`, run: `cat >'${folder}/a'; echo end` });
    expect(reply).toMatchObject({ code: 0, stdout: 'end\n' });
    expect(readFileSync(`${folder}/a`, 'utf8')).toBe('');
  });

  it('ends a script that takes too long', () => {
    const context = stepContext<ScriptParams>({ check: 'false', run: 'sleep 30', timeout: 1, name: 'x' });
    const started = performance.now();
    const reply = runScript(
      shell,
      scriptStep.plan(context, { code: 1, stderr: '' }, NO_FACTS)[0]?.script ?? '',
    );
    expect(performance.now() - started).toBeLessThan(5000);
    expect(scriptStep.explain?.(context, reply)?.message).toBe('x did not finish within 1 s');
  });

  it('shows a check whose command is missing', () => {
    const { changes } = look(
      stepContext<ScriptParams>({ check: 'no-such-command-here', run: 'true', name: 'x' }),
    );
    expect(changes[0]?.summary).toMatch(
      /^run x \(its check exited with status 127: .*no-such-command-here.*(not found|denied)\)$/,
    );
  });

  it('keeps hostile names of the inventory from being run', () => {
    const base = stepContext<ScriptParams>({ check: `printf '%s' "$BRIDGEHEAD_ROLE"`, run: 'true' });
    const role = `'; touch '${folder}/pwned'; '$(touch ${folder}/pwned)`;
    const context = stepContext(base.params, { node: { ...base.node, role } });
    expect(runScript(shell, scriptStep.probe(context).script).stdout).toBe(role);
    expect(existsSync(`${folder}/pwned`)).toBe(false);
  });
});

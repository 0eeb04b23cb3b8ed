import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServiceParams, serviceStep } from '../../../../src/layers/host/steps/service.js';
import {
  disableScript,
  enableScript,
  startScript,
  stopScript,
} from '../../../../src/layers/host/steps/service-script.js';
import type { Sh } from '../../../../src/remote/script.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

interface Shown {
  readonly load?: string;
  readonly active?: string;
  readonly file?: string;
  readonly since?: string;
}

const STARTED = 'Sat 2026-11-21 01:53:00.500000 UTC';
const STARTED_SECONDS = 1_795_225_980;

const shown = ({
  load = 'loaded',
  active = 'active',
  file = 'enabled',
  since = STARTED,
}: Shown = {}): string =>
  `LoadState=${load}\nActiveState=${active}\nInactiveExitTimestamp=${since}\nUnitFileState=${file}\n`;

function plan(params: Omit<ServiceParams, 'unit'>, stdout: string) {
  const context = stepContext<ServiceParams>({ unit: 'x.service', ...params });
  const seen = serviceStep.probe(context).parse({ id: 's', code: 0, stdout, stderr: '' });
  return serviceStep.plan(context, seen, NO_FACTS);
}

describe('service: check', () => {
  const judge = (params: ServiceParams) => serviceStep.check?.(stepContext(params));

  it.each<[ServiceParams, string[]]>([
    [{ unit: 'ssh', enabled: true }, []],
    [{ unit: 'wg-quick@{{ network.interface }}.service', running: true }, []],
    [{ unit: 'dev-disk-by\\x2did.swap', running: true }, []],
    [{ unit: 'x' }, ['does nothing; add `enabled`, `running` or `restartAfter`']],
    [{ unit: '-x', running: true }, ['unit "-x" is not a systemd unit name; write it as systemctl shows it']],
    [
      { unit: 'a b', running: true },
      ['unit "a b" is not a systemd unit name; write it as systemctl shows it'],
    ],
    [{ unit: 'x', restartAfter: ['etc/x'] }, ['path "etc/x" is not absolute; begin it with /']],
    [
      { unit: 'x', running: false, restartAfter: ['/etc/x'] },
      ['`restartAfter` needs a running unit; remove it, or `running: false`'],
    ],
  ])('judges %j', (params, problems) => {
    expect(judge(params)).toEqual(problems);
  });

  it('judges templates', () => {
    expect(judge({ unit: '{{ nothing }}', running: true, restartAfter: ['/{{ nothing }}'] })).toHaveLength(1);
  });
});

describe('service: plan', () => {
  const newer = `file ${STARTED_SECONDS}.700000000 /etc/a b.conf\n`;
  const older = `file ${STARTED_SECONDS}.300000000 /etc/c.conf\n`;
  const restartAfter = ['/etc/a b.conf', '/etc/c.conf'];

  it.each<[string, Omit<ServiceParams, 'unit'>, string, string[]]>([
    ['all is well', { enabled: true, running: true }, shown(), []],
    ['nothing is said of it', { enabled: true }, shown({ active: 'failed' }), []],
    [
      'it is not enabled',
      { enabled: true, running: true },
      shown({ file: 'disabled' }),
      ['enable x.service'],
    ],
    [
      'it is enabled until the next boot',
      { enabled: true },
      shown({ file: 'enabled-runtime' }),
      ['enable x.service'],
    ],
    ['it is another name', { enabled: true }, shown({ file: 'alias' }), []],
    ['it is static', { enabled: true }, shown({ file: 'static' }), ['enable x.service']],
    ['it is enabled against our wish', { enabled: false }, shown(), ['disable x.service']],
    ['it is static, as we wish', { enabled: false }, shown({ file: 'static' }), []],
    ['it does not run', { running: true }, shown({ active: 'inactive' }), ['start x.service']],
    ['it has failed', { running: true }, shown({ active: 'failed' }), ['start x.service (it had failed)']],
    ['it is on its way', { running: true }, shown({ active: 'activating' }), ['start x.service']],
    ['it is reloading', { running: true }, shown({ active: 'reloading' }), []],
    ['it runs against our wish', { running: false }, shown(), ['stop x.service']],
    [
      'it keeps trying against our wish',
      { running: false },
      shown({ active: 'activating' }),
      ['stop x.service'],
    ],
    ['it has failed, as good as stopped', { running: false }, shown({ active: 'failed' }), []],
    [
      'it is not there',
      { enabled: true, running: true },
      shown({ load: 'not-found', active: 'inactive', file: '', since: '' }),
      ['enable x.service', 'start x.service'],
    ],
    [
      'it is not there, as we wish',
      { enabled: false, running: false },
      shown({ load: 'not-found', active: 'inactive', file: '' }),
      [],
    ],
    ['there is no systemd', { running: true }, '', ['start x.service']],
    [
      'its file is newer',
      { restartAfter },
      shown() + newer + older,
      ['restart x.service: /etc/a b.conf is newer'],
    ],
    ['its file is older', { restartAfter }, shown() + older, []],
    ['its file is newer, and it does not run', { restartAfter }, shown({ active: 'inactive' }) + newer, []],
    [
      'its file is newer, and it is started anyway',
      { restartAfter, running: true },
      shown({ active: 'inactive' }) + newer,
      ['start x.service'],
    ],
    ['its file is not there', { restartAfter }, shown(), []],
    ['its start is not known', { restartAfter }, shown({ since: '' }) + newer, []],
    [
      'only whole seconds are known',
      { restartAfter },
      `${shown({ since: 'Sat 2026-11-21 01:53:00 UTC' })}file ${STARTED_SECONDS} /etc/c.conf\n`,
      [],
    ],
  ])('when %s', (_name, params, stdout, summaries) => {
    expect(plan(params, stdout).map(({ summary }) => summary)).toEqual(summaries);
  });

  it('lists what is cut', () => {
    expect(plan({ running: false }, shown())[0]?.disruption).toEqual({
      level: 'outage',
      detail: 'x.service stops',
    });
    expect(plan({ restartAfter }, shown() + newer)[0]?.disruption).toEqual({
      level: 'brief',
      detail: 'restarts x.service',
    });
    expect(plan({ running: true }, shown({ active: 'failed' }))[0]?.disruption).toEqual({ level: 'none' });
  });

  it('refuses a probe that failed', () => {
    const context = stepContext<ServiceParams>({ unit: 'x', running: true });
    const reply = { id: 's', code: 1, stdout: '', stderr: 'System has not been booted with systemd' };
    expect(() => serviceStep.probe(context).parse(reply)).toThrow(
      'the state of x could not be read (exit status 1)',
    );
  });
});

describeShells('service: the scripts', (shell) => {
  let folder: string;
  const state = (name: string): string => path.join(folder, name);
  /** A systemctl that keeps its units' state in files. */
  const fakeSystemctl = (body: string): void => {
    const file = path.join(folder, 'bin', 'systemctl');
    writeFileSync(
      file,
      `#!/bin/sh
echo "$*" >>'${state('calls')}'
cd '${folder}'
case "$1" in
show) load=loaded; [ -e unit ] || load=not-found
printf 'LoadState=%s\\nActiveState=%s\\nUnitFileState=%s\\nInactiveExitTimestamp=%s\\nNeedDaemonReload=no\\n' "$load" "$(cat active)" "$(cat enabled)" "$(cat since)" ;;
${body}
enable) echo enabled >enabled ;;
disable) echo disabled >enabled ;;
is-enabled) cat enabled ;;
start | restart) echo active >active; date -u +'%a %Y-%m-%d %H:%M:%S.%6N UTC' >since ;;
stop) echo inactive >active ;;
is-active) [ "$(cat active)" = active ] ;;
esac
`,
    );
    chmodSync(file, 0o755);
  };
  const fakeJournal = (): void => {
    const file = path.join(folder, 'bin', 'journalctl');
    writeFileSync(file, `#!/bin/sh\necho "journal of $2: no such option"\n`);
    chmodSync(file, 0o755);
  };
  const run = (script: Sh) => runScript(shell, script, { path: [path.join(folder, 'bin')] });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-service-'));
    mkdirSync(state('bin'));
    for (const [name, text] of [
      ['unit', ''],
      ['active', 'inactive'],
      ['enabled', 'disabled'],
      ['since', ''],
    ] as const) {
      writeFileSync(state(name), text);
    }
    fakeSystemctl('');
    fakeJournal();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const apply = (params: ServiceParams) => {
    const context = stepContext(params);
    const look = () =>
      serviceStep.plan(
        context,
        serviceStep.probe(context).parse(run(serviceStep.probe(context).script)),
        NO_FACTS,
      );
    const changes = look();
    const replies = changes.map(({ script }) => run(script));
    return { summaries: changes.map(({ summary }) => summary), replies, after: look() };
  };

  it('converges, and restarts for a newer file once', () => {
    const config = state("it's.conf");
    writeFileSync(config, '');
    utimesSync(config, 1000, 1000);
    const params: ServiceParams = {
      unit: 'x.service',
      enabled: true,
      running: true,
      restartAfter: [config, state('none')],
    };
    const first = apply(params);
    expect(first.summaries).toEqual(['enable x.service', 'start x.service']);
    expect(first.replies).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(first.after).toEqual([]);
    const soon = Date.now() / 1000 + 2;
    utimesSync(config, soon, soon);
    expect(
      serviceStep.plan(
        stepContext(params),
        serviceStep.probe(stepContext(params)).parse(run(serviceStep.probe(stepContext(params)).script)),
        NO_FACTS,
      ),
    ).toMatchObject([{ summary: `restart x.service: ${config} is newer` }]);
    const now = Date.now() / 1000;
    utimesSync(config, now, now);
    expect(apply(params).after).toEqual([]);
    expect(apply({ unit: 'x.service', enabled: false, running: false })).toMatchObject({
      summaries: ['disable x.service', 'stop x.service'],
      after: [],
    });
  });

  it('asks systemd once', () => {
    run(serviceStep.probe(stepContext<ServiceParams>({ unit: 'x', running: true })).script);
    expect(readFileSync(state('calls'), 'utf8').trimEnd().split('\n')).toEqual([
      'show -p LoadState -p ActiveState -p UnitFileState -p InactiveExitTimestamp --timestamp=us+utc -- x',
    ]);
  });

  it('asks an old systemd without the option that it does not know', () => {
    fakeSystemctl('');
    const file = state('bin/systemctl');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('cd ', 'case "$*" in *--timestamp*) exit 1 ;; esac\ncd '),
    );
    const reply = run(serviceStep.probe(stepContext<ServiceParams>({ unit: 'x', running: true })).script);
    expect(reply).toMatchObject({ code: 0, stdout: expect.stringContaining('ActiveState=inactive') });
  });

  it('fails clearly if the unit is not there', () => {
    rmSync(state('unit'));
    for (const script of [
      enableScript('x'),
      disableScript('x'),
      stopScript('x'),
      startScript('start', 'x', { failed: false }),
    ]) {
      const reply = run(script);
      expect(reply).toMatchObject({ code: 5, stderr: 'this machine has no unit x\n' });
      expect(serviceStep.explain?.(stepContext<ServiceParams>({ unit: 'x' }), reply)?.message).toBe(
        'this machine has no unit x',
      );
    }
    expect(readFileSync(state('calls'), 'utf8')).not.toMatch(/^(enable|disable|stop|start)/m);
  });

  it('finds a unit whose file has just been written', () => {
    rmSync(state('unit'));
    fakeSystemctl('daemon-reload) : >unit ;;');
    expect(run(startScript('start', 'x', { failed: false })).code).toBe(0);
  });

  it('brings out the journal of a unit that does not start, or ends at once', () => {
    fakeSystemctl('start) exit 1 ;;\nrestart) echo failed >active; exit 0 ;;');
    expect(run(startScript('start', 'x', { failed: false }))).toMatchObject({
      code: 1,
      stderr: 'x does not start\njournal of x: no such option\n',
    });
    expect(run(startScript('restart', 'x', { failed: false }))).toMatchObject({
      code: 1,
      stderr: 'x ended right after its start\njournal of x: no such option\n',
    });
  });

  it('clears the failure of a unit before it is started again', () => {
    writeFileSync(state('active'), 'failed');
    expect(apply({ unit: 'x', running: true })).toMatchObject({
      summaries: ['start x (it had failed)'],
      after: [],
    });
    expect(readFileSync(state('calls'), 'utf8')).toContain('reset-failed -- x\nstart -- x\n');
  });

  it('does not take a unit without [Install] for enabled', () => {
    fakeSystemctl('enable) echo static >enabled ;;');
    const reply = run(enableScript('x'));
    expect(reply.code).toBe(1);
    expect(serviceStep.explain?.(stepContext<ServiceParams>({ unit: 'x' }), reply)?.message).toBe(
      "x can't be enabled: it has no [Install] section",
    );
  });
});

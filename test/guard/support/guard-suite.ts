import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { jest } from '@jest/globals';
import {
  armFragment,
  changeScript,
  confirmFragment,
  GUARD_GONE,
  listRunsFragment,
  lockFragment,
  NO_TOUCHES,
  proofFragment,
  revertNowFragment,
  snapshotFragment,
  stateFragment,
  undoFragment,
} from '../../../src/guard/index.js';
import { FakeNode, type Shell } from './fake-node.js';

const RUN = '20261121-101500-aaaaaa';
const HOLDER = { run: RUN, user: 'ops', host: 'laptop', pid: 42, since: '2026-11-21T10:15:00Z' };

jest.setTimeout(240_000);

/** The tests of the guard under one shell; a file each, so that they run side by side. */
export function describeGuard(shell: Shell): void {
  describe(`the guard under ${shell}`, () => {
    let node: FakeNode;
    let folder: string;
    const start = async (systemd: boolean): Promise<void> => {
      node = new FakeNode(shell, { systemd });
      folder = join(node.root, 'etc');
      mkdirSync(join(folder, 'kept'), { recursive: true });
      writeFileSync(join(folder, 'kept/a'), 'old\n', { mode: 0o640 });
      expect(await node.ask(lockFragment(HOLDER))).toEqual({ kind: 'taken' });
    };
    beforeEach(() => start(true));
    afterEach(() => node.remove());

    const touches = () => ({ ...NO_TOUCHES, files: [join(folder, 'kept'), join(folder, 'new/deep/b')] });
    const arm = (phase = 'p', seconds = 60) =>
      node.ask(armFragment({ run: RUN, phase, seconds, touches: touches() }));
    const confirm = (phase = 'p', run = RUN) => node.ask(confirmFragment({ run, phase }));
    const prove = (phase = 'p') => node.ask(proofFragment({ run: RUN, phase }));
    const state = () => node.ask(stateFragment(RUN));
    const guardScript = (number = '0001') => node.state('runs', RUN, number, 'guard.sh');
    const fire = (number?: string) => node.sh(`sh '${guardScript(number)}' fire`);
    const undo = () => node.ask(undoFragment(RUN));
    const wreck = () => {
      writeFileSync(join(folder, 'kept/a'), 'new\n');
      chmodSync(join(folder, 'kept/a'), 0o666);
      writeFileSync(join(folder, 'kept/it is "new"\n$(id)'), '');
      mkdirSync(join(folder, 'new/deep'), { recursive: true });
      writeFileSync(join(folder, 'new/deep/b'), 'b');
    };
    const expectUnchanged = () => {
      expect(readFileSync(join(folder, 'kept/a'), 'utf8')).toBe('old\n');
      expect(statSync(join(folder, 'kept/a')).mode & 0o7777).toBe(0o640);
      expect(readdirSync(join(folder, 'kept'))).toEqual(['a']);
      expect(existsSync(join(folder, 'new'))).toBe(false);
    };

    it('asks systemd for an exact timer and puts a unit there for the boot', async () => {
      expect(await arm()).toEqual({ kind: 'armed', snapshot: '0001', by: 'systemd', seconds: 60 });
      const unit = `bridgehead-guard-${RUN}-0001`;
      expect(node.calls().slice(-2)).toEqual([
        `systemd-run --quiet --collect --unit=${unit} --on-active=60 --timer-property=AccuracySec=1s --property=KillMode=process --property=Type=oneshot /bin/sh ${guardScript()} fire`,
        `systemctl is-active --quiet ${unit}.timer`,
      ]);
      const boot = readFileSync(join(node.place('/etc/systemd/system'), 'bridgehead-guard.service'), 'utf8');
      expect(boot).toContain(`ExecStart=/bin/sh ${guardScript()} boot\n`);
      expect(boot).toMatch(/^Before=sysinit\.target .*network-pre\.target.* ssh\.service/m);
      expect(readdirSync(join(node.place('/etc/systemd/system'), 'sysinit.target.wants'))).toEqual([
        'bridgehead-guard.service',
      ]);
    });

    it('reverts files: content, mode, absence and odd names', async () => {
      await arm();
      wreck();
      expect((await state()).state).toBe('armed');
      await fire();
      expectUnchanged();
      const report = await state();
      expect(report).toMatchObject({ state: 'reverted', run: RUN, phase: 'p', failed: [] });
      expect(report.reverted).toContain(`file reverted: ${folder}/kept/a`);
      expect(report.reverted).toContain(`file removed: ${folder}/new/deep/b`);
      expect(readdirSync(node.place('/etc/systemd/system'))).toEqual(['sysinit.target.wants']);
      expect(readdirSync(join(node.place('/etc/systemd/system'), 'sysinit.target.wants'))).toEqual([]);
    });

    it('keeps all of a folder if a file in it is named, too', async () => {
      writeFileSync(join(folder, 'kept/key'), 'secret\n');
      const files = [join(folder, 'kept/a'), join(folder, 'kept')];
      await node.run(armFragment({ run: RUN, phase: 'p', seconds: 60, touches: { ...NO_TOUCHES, files } }));
      wreck();
      await fire();
      expect(readFileSync(join(folder, 'kept/a'), 'utf8')).toBe('old\n');
      expect(readFileSync(join(folder, 'kept/key'), 'utf8')).toBe('secret\n');
      expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['a', 'key']);
    });

    it('clears away what was being written when the phase was cut off', async () => {
      const files = [join(folder, 'kept/a')];
      await node.run(armFragment({ run: RUN, phase: 'p', seconds: 60, touches: { ...NO_TOUCHES, files } }));
      writeFileSync(join(folder, 'kept/.bridgehead-812-4711-Xy0z9A'), 'half');
      await fire();
      expect(readdirSync(join(folder, 'kept'))).toEqual(['a']);
    });

    it('leaves alone what was written after the confirmation', async () => {
      writeFileSync(join(folder, 'kept/mine'), 'old\n');
      await arm();
      wreck();
      await prove();
      await confirm();
      const later = Date.now() / 1000 + 5;
      for (const name of ['mine', 'another']) {
        writeFileSync(join(folder, 'kept', name), 'mine\n');
        utimesSync(join(folder, 'kept', name), later, later);
      }
      const report = await undo();
      expect(report.kind).toBe('undone');
      expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['a', 'another', 'mine']);
      expect(readFileSync(join(folder, 'kept/mine'), 'utf8')).toBe('mine\n');
      expect('undone' in report ? report.undone : []).toContain(
        `file left as it is, it was written after the change: ${folder}/kept/mine`,
      );
      rmSync(join(folder, 'kept/mine'));
      rmSync(join(folder, 'kept/another'));
      expectUnchanged();
    });

    it('reverts what was replaced by a link or a folder', async () => {
      symlinkSync('a', join(folder, 'kept/link'));
      await arm();
      rmSync(join(folder, 'kept/link'));
      mkdirSync(join(folder, 'kept/link/inner'), { recursive: true });
      rmSync(join(folder, 'kept/a'));
      symlinkSync('/etc/passwd', join(folder, 'kept/a'));
      await fire();
      expect(readFileSync(join(folder, 'kept/link'), 'utf8')).toBe('old\n');
      expect(statSync(join(folder, 'kept/a')).size).toBe(4);
      expect((await state()).failed).toEqual([]);
    });

    it('continues with the rest when one item cannot be reverted, and says which', async () => {
      await arm();
      wreck();
      node.tool('cp', '#!/bin/sh\nexit 1\n');
      await fire();
      const report = await state();
      expect(report.state).toBe('revert-failed');
      expect(report.failed).toEqual([`file not reverted: ${folder}/kept/a`]);
      expect(existsSync(join(folder, 'new'))).toBe(false);
    });

    it('is confirmed only by its own run and phase', async () => {
      await arm();
      wreck();
      expect((await confirm('p', '20261121-101501-bbbbbb')).state).toBe('none');
      expect((await confirm('q')).state).toBe('armed');
      expect(await confirm()).toMatchObject({ state: 'armed' });
      expect(await prove()).toEqual({ kind: 'done' });
      expect(await state()).toMatchObject({ state: 'armed', proven: true });
      expect(await confirm()).toEqual({ state: 'confirmed', run: RUN, phase: 'p', reverted: [], failed: [] });
      await fire();
      expect(readFileSync(join(folder, 'kept/a'), 'utf8')).toBe('new\n');
      expect(node.calls()).toContain(`systemctl stop bridgehead-guard-${RUN}-0001.timer`);
      expect(existsSync(node.state('runs', RUN, '0001', 'reserve'))).toBe(false);
    });

    it('is either confirmed or reverted, never both, in many races', async () => {
      const won = { confirmed: 0, reverted: 0 };
      for (let round = 1; round <= 15; round += 1) {
        await arm(`p${round}`);
        await prove(`p${round}`);
        wreck();
        const number = String(round).padStart(4, '0');
        const [report] = await Promise.all([
          confirm(`p${round}`),
          setTimeout(3 * round).then(() => fire(number)),
        ]);
        const after = await state();
        const isNew = existsSync(join(folder, 'new'));
        expect({ state: after.state, isNew }).toEqual(
          report.state === 'confirmed'
            ? { state: 'confirmed', isNew: true }
            : { state: 'reverted', isNew: false },
        );
        won[after.state === 'confirmed' ? 'confirmed' : 'reverted'] += 1;
        if (isNew) {
          writeFileSync(join(folder, 'kept/a'), 'old\n');
          rmSync(join(folder, 'new'), { recursive: true });
        }
      }
      expect(won.confirmed + won.reverted).toBe(15);
    });

    it('continues at boot if a revert was cut off', async () => {
      await arm();
      wreck();
      await node.sh('mv -T /var/lib/bridgehead/guard/armed /var/lib/bridgehead/guard/firing');
      expect((await state()).state).toBe('firing');
      await node.sh(`sh '${guardScript()}' boot`);
      expectUnchanged();
      expect((await state()).state).toBe('reverted');
    });

    it('runs a change in a scope, only while its phase is armed', async () => {
      const change = (phase: string) =>
        node.sh(changeScript({ run: RUN, phase, script: `echo "it's $1 done"; exit 3` }));
      expect((await change('p')).code).toBe(GUARD_GONE);
      await arm();
      expect(await change('p')).toMatchObject({ code: 3, stdout: "it's  done\n" });
      expect(node.calls().at(-1)).toMatch(
        new RegExp(`^systemd-run --scope .*--unit=bridgehead-apply-${RUN}-0001-[0-9a-f]{8} sh -s$`),
      );
      expect((await change('q')).code).toBe(GUARD_GONE);
    });

    it.each([
      ['systemd-run fails', 'systemd-run', 'exit 1', /cannot start a timer/],
      ['the timer is not there afterwards', 'systemctl', 'exit 3', /timer that was started is not there/],
      ['there is no room to come back', 'dd', 'exit 1', /no space on the disk/],
      ['a copy fails', 'cp', 'exit 1', /cannot keep the files; is the disk full/],
    ])('is refused, with nothing left behind, where %s', async (_what, tool, script, reason) => {
      node.tool(tool, `#!/bin/sh\n${script}\n`);
      expect(await arm()).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) as string });
      expect(readdirSync(node.state('guard'))).toEqual([]);
      expect(readdirSync(node.state('runs'))).toEqual([]);
      expect(existsSync(join(node.place('/etc/systemd/system'), 'bridgehead-guard.service'))).toBe(false);
      expect((await state()).state).toBe('none');
    });

    it('is refused while another is armed', async () => {
      await arm();
      expect(await arm('q')).toEqual({ kind: 'refused', reason: expect.stringContaining(RUN) as string });
      expect(await undo()).toMatchObject({ kind: 'refused' });
    });

    it('sleeps by itself if there is no systemd, and fires now on request', async () => {
      node.remove();
      await start(false);
      expect(await arm('p', 5)).toMatchObject({ kind: 'armed', by: 'sleeper' });
      wreck();
      const end = Date.now() + 30_000;
      while ((await state()).state !== 'reverted' && Date.now() < end) await setTimeout(100);
      expectUnchanged();
      await arm('q', 600);
      wreck();
      expect(await node.ask(revertNowFragment(RUN))).toMatchObject({
        state: 'reverted',
        phase: 'q',
      });
      expectUnchanged();
      expect(node.calls()).toEqual([]);
    });

    it('undoes every phase of a run, guarded or not, newest first', async () => {
      const snapshot = snapshotFragment({ run: RUN, phase: 'plain', touches: touches() });
      expect(await node.ask(snapshot)).toEqual({ kind: 'done' });
      writeFileSync(join(folder, 'kept/a'), 'between\n');
      await arm('guarded');
      wreck();
      await prove('guarded');
      await confirm('guarded');
      const kept = () => node.ask(listRunsFragment());
      const touched = [join(folder, 'kept'), join(folder, 'new/deep/b')];
      expect(await kept()).toEqual([
        {
          run: RUN,
          since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/) as string,
          undone: false,
          phases: [
            { phase: 'plain', touched },
            {
              phase: 'guarded',
              outcome: 'confirmed',
              touched,
            },
          ],
        },
      ]);
      expect(await undo()).toMatchObject({
        kind: 'undone',
        phases: [{ phase: 'guarded' }, { phase: 'plain' }],
      });
      expectUnchanged();
      expect((await kept())[0]?.undone).toBe(true);
      expect((await undo()).kind).toBe('undone');
      expectUnchanged();
    });

    it('continues keeping a run whose undo was reverted', async () => {
      const [kept, undoing] = [join(folder, 'kept/a'), '20261121-111500-bbbbbb'];
      await node.run(snapshotFragment({ run: RUN, phase: 'plain', touches: touches() }));
      writeFileSync(kept, 'new\n');
      const phase = `undo of ${RUN}`;
      await node.sh(`rm -r '${node.state('lock')}'`);
      await node.run(lockFragment({ ...HOLDER, run: undoing }));
      const armed = await node.ask(armFragment({ run: undoing, phase, seconds: 60, touches: touches() }));
      expect(armed.kind).toBe('armed');
      const undone = await node.ask(undoFragment(RUN, { guardedBy: undoing }));
      expect(undone.kind).toBe('undone');
      const isUndone = async () =>
        (await node.ask(listRunsFragment())).find(({ run }) => run === RUN)?.undone;
      expect(await isUndone()).toBe(true);
      await node.sh(`sh '${node.state('runs', undoing, '0001', 'guard.sh')}' fire`);
      expect(readFileSync(kept, 'utf8')).toBe('new\n');
      expect(await isUndone()).toBe(false);
    });

    it('knows what a run was to touch', async () => {
      const interfaces = ['wg0', 'wghome'];
      const things = {
        files: ['/etc/a b'],
        units: ['wg-quick@wg0.service'],
        sysctls: ['net.ipv4.ip_forward'],
      };
      const request = { run: RUN, phase: 'tunnel', touches: { ...NO_TOUCHES, ...things, interfaces } };
      await node.run(snapshotFragment(request));
      const [kept] = await node.ask(listRunsFragment());
      const touched = ['/etc/a b', 'unit wg-quick@wg0.service', 'sysctl net.ipv4.ip_forward'];
      expect(kept).toMatchObject({ undone: false, phases: [{ phase: 'tunnel', touched, interfaces }] });
    });

    it('knows nothing of a run that never was', async () => {
      node.remove();
      expect((await state()).state).toBe('none');
      expect(await undo()).toEqual({ kind: 'unknown' });
      expect(await node.ask(listRunsFragment())).toEqual([]);
    });
  });
}

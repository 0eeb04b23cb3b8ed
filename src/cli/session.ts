import { randomBytes } from 'node:crypto';
import { BridgeheadError, EXIT } from '../errors.js';
import { createRenderer } from '../render/choose.js';
import { clean } from '../render/clean.js';
import { planText } from '../render/plan-text.js';
import { createRecord, recordEvent, stepsToChange } from '../render/record.js';
import { stopReport } from '../render/stop-report.js';
import { summary } from '../render/summary.js';
import type { Command, StampedEvent } from '../runner/events.js';
import { newRunId } from '../runner/journal.js';
import { canConfirm, confirm, secretAsker } from './ask.js';
import { goOnCommand } from './go-on.js';
import { type Io, paintFor } from './io.js';
import { journalIn, resumed } from './journal.js';
import { load } from './load.js';
import { guardPolicy, type Options, stateDir } from './options.js';
import { select } from './select.js';
import { watchSignals } from './signals.js';

/** One run from the options to the exit code: load, select, connect, run, tell. */
export async function session(command: Command, options: Options, io: Io): Promise<number> {
  const json = options.json === true;
  const mustAsk = command === 'apply' && options.yes !== true;
  if (mustAsk && !canConfirm(io, json)) throw unanswerable();

  const loaded = await load(options, io);
  const { inventory, playbook } = loaded;
  const { only, phases: selected } = select(options, inventory, playbook);
  const folder = stateDir(options.stateDir, io);
  const paint = paintFor(io, 'stdout', options.color);
  const say = (text: string) => (json ? io.stderr : io.stdout).write(text);

  const resume = options.resume === true ? resumed(folder, loaded) : undefined;
  if (resume !== undefined) say(`${resume.why}\n`);
  if (resume?.phases.length === 0) return EXIT.go;

  const journal = journalIn(folder);
  const record = createRecord();
  const renderer = await createRenderer({
    write: (text) => void io.stdout.write(text),
    paint,
    json,
    live: io.stdout.isTTY === true && (io.env['CI'] ?? '') === '' && io.env['TERM'] !== 'dumb',
    height: io.stdout.rows || 24,
  });
  const emit = (event: StampedEvent) => {
    journal.write(event);
    recordEvent(record, clean(event));
    renderer.event(event);
  };

  const signals = watchSignals();
  const [{ run }, { createSshTransport }] = await Promise.all([
    import('../runner/run.js'),
    import('../ssh/index.js'),
  ]);
  const asker = secretAsker(io, signals.signal);
  const transport = createSshTransport({
    inventory,
    acceptNew: options.acceptNew === true,
    connectTimeoutMs: options.timeout * 1000,
    rootTimeoutMs: options.sudoTimeout * 1000,
    warn: (message) => void io.stderr.write(`${message}\n`),
    askSecret: asker === undefined ? undefined : (question) => renderer.suspend(() => asker(question)),
  });

  let declined = false;
  const ask = () =>
    renderer.suspend(async () => {
      say(planText(record, paint));
      if (stepsToChange(record).length === 0) return true;
      const yes = await confirm('Apply this plan?', signals.signal);
      declined = !yes;
      return yes;
    });

  try {
    const { exit } = await run({
      command,
      run: newRunId(new Date(), randomBytes(3).toString('hex')),
      inventory,
      playbook,
      phases: resume?.phases ?? selected,
      only,
      transport,
      emit,
      signal: signals.signal,
      concurrency: options.concurrency,
      rollbackPhase: options.rollbackPhase,
      guard: guardPolicy(options),
      patience: {
        program: options.programTimeout,
        ...(options.gateTimeout === undefined ? {} : { gate: options.gateTimeout }),
      },
      ...(mustAsk ? { confirm: ask } : {}),
    });
    await renderer.close();
    if (declined) say('Nothing was changed.\n');
    else if (!json) io.stdout.write(`\n${ending()}`);
    const changes = command === 'plan' && options.exitCode === true && stepsToChange(record).length > 0;
    return exit === EXIT.go && changes ? EXIT.changes : exit;
  } finally {
    await renderer.close();
    await transport.close();
    journal.close();
    signals.stop();
  }

  function ending(): string {
    // A rehearsal says itself how to go on: the command as it stands would go to the real machines.
    const tellsGoOn = command === 'apply' && io.env['BRIDGEHEAD_REHEARSAL'] === undefined;
    const goOn = tellsGoOn ? goOnCommand(options, inventory.file) : undefined;
    const report = stopReport(record, paint);
    const plan = command === 'plan' ? planText(record, paint) : '';
    const last =
      command === 'plan' && report === '' ? '' : summary(record, { paint, goOn, journal: journal.path() });
    return [plan, report, last].filter((part) => part !== '').join('\n');
  }
}

function unanswerable(): BridgeheadError {
  return new BridgeheadError('E_USAGE', 'apply asks before it changes anything, and nobody can answer here', {
    fix: 'add --yes to apply without asking; `bridgehead plan` shows what would change',
  });
}

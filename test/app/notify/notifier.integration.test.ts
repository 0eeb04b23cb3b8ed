import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNotifier } from '../../../src/app/notify/notifier.js';
import { holdPort } from '../../../src/lab/network/held-port.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { cli, DEAD_INVENTORY, folderWith } from '../../cli/helpers.js';
import { ended, GO_RUN, PLAN_RUN, planned, STOP_RUN, stamp, started } from '../../support/events.js';
import { Service, type Settings } from '../../support/service/service.js';
import { ioIn } from '../reports/helpers.js';

const KEY = 'a key that nobody guesses';
let service: Service;
let folder: string;

async function serve(settings: Settings = {}, port = 0): Promise<void> {
  service = await Service.start(settings, port);
  folder = folderWith();
  writeFileSync(join(folder, 'key'), `${KEY}\n`, { mode: 0o600 });
}
afterEach(() => service.stop());

/** Sends what came of a run to those whom a file names, without waiting between the attempts. */
async function notify(
  entries: string,
  events: readonly StampedEvent[],
  outcome: { command: 'plan' | 'apply'; exit: number },
) {
  writeFileSync(join(folder, 'notify.yaml'), `notify:\n${entries}`);
  const { io, shown } = ioIn(folder);
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const notifier = await openNotifier(join(folder, 'notify.yaml'), { ...io, env: process.env }, pause);
  for (const event of events) notifier.event(event);
  await notifier.send(outcome);
  return { said: shown.stderr, pauses };
}

const webhook = (more = '') => `  - webhook: ${service.url}/hook?token=hidden\n${more}`;

it('posts the summary, signed with the secret', async () => {
  await serve();
  const { said } = await notify(
    webhook('    secret: { file: key }\n').replace('?token=hidden', ''),
    PLAN_RUN,
    {
      command: 'plan',
      exit: 10,
    },
  );
  expect(said).toBe(`notified ${new URL(service.url).host}: drift\n`);
  const [{ headers = {}, body = '' } = {}, ...more] = service.received;
  expect(more).toEqual([]);
  expect(JSON.parse(body)).toMatchObject({ format: 1, event: 'drift', exit: 10, inventory: 'home' });
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'x-bridgehead-event': 'drift',
    'x-bridgehead-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-bridgehead-signature': `sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`,
  });
});

const plain = () => webhook().replace('?token=hidden', '');

it('has no signature without a secret', async () => {
  await serve();
  await notify(plain(), STOP_RUN, { command: 'apply', exit: 3 });
  expect(Object.keys(service.received[0]?.headers ?? {})).not.toContain('x-bridgehead-signature');
});

it('notifies only of what is asked for', async () => {
  await serve();
  const entries = `${plain()}    on: [drift]\n`;
  expect((await notify(entries, STOP_RUN, { command: 'apply', exit: 3 })).said).toBe('');
  expect((await notify(plain(), GO_RUN, { command: 'apply', exit: 0 })).said).toBe('');
  expect(service.received).toEqual([]);
  const always = await notify(`${plain()}    on: [always]\n`, GO_RUN, { command: 'apply', exit: 0 });
  expect(always.said).toMatch(/^notified .*: go\n$/);
});

it('tries again with growing pauses, with the same id', async () => {
  await serve({ hook: [500, 429] });
  const { said, pauses } = await notify(plain(), STOP_RUN, { command: 'apply', exit: 3 });
  expect(pauses).toEqual([1000, 5000]);
  expect(said).toMatch(/^notified /);
  expect(service.received.map(({ status }) => status)).toEqual([500, 429, 204]);
  expect(new Set(service.received.map(({ headers }) => headers['x-bridgehead-delivery'])).size).toBe(1);
});

it('gives up after four attempts, and says so', async () => {
  await serve({ hook: [500, 502, 503, 500, 500] });
  const { said, pauses } = await notify(plain(), STOP_RUN, { command: 'apply', exit: 3 });
  expect(pauses).toEqual([1000, 5000, 15_000]);
  expect(said).toMatch(
    /^warning: 127\.0\.0\.1:\d+ was not notified \(stop\): it answered 500, 4 attempts\n$/,
  );
  expect(service.received).toHaveLength(4);
});

it.each([
  [404, 'it answered 404'],
  [302, 'it redirects (302); name the address that it redirects to'],
])('does not try again after %i', async (status, reason) => {
  await serve({ hook: [status] });
  const { said } = await notify(plain(), STOP_RUN, { command: 'apply', exit: 3 });
  expect(said).toBe(`warning: ${new URL(service.url).host} was not notified (stop): ${reason}\n`);
  expect(service.received).toHaveLength(1);
});

it('never shows the address, which may have a token in it', async () => {
  const { port, release } = await holdPort();
  await serve({}, port);
  const entries = webhook();
  await service.stop();
  const { said } = await notify(entries, STOP_RUN, { command: 'apply', exit: 3 });
  expect(said).toMatch(/it can't be reached \(ECONNREFUSED\), 4 attempts\n$/);
  expect(said).not.toContain('hidden');
  release();
});

it('gives a command the summary on standard input, in the folder of the file', async () => {
  await serve();
  const command = `  - command: [sh, -c, 'cat >got; echo "$BRIDGEHEAD_EVENT" >event']\n`;
  const { said } = await notify(command, STOP_RUN, { command: 'apply', exit: 3 });
  expect(said).toBe('notified sh: stop\n');
  expect(JSON.parse(readFileSync(join(folder, 'got'), 'utf8'))).toMatchObject({ verdict: 'STOP' });
  expect(readFileSync(join(folder, 'event'), 'utf8')).toBe('stop\n');
});

it('lets a command leave what it does not want unread', async () => {
  await serve();
  const none = { disruption: { level: 'none' } } as const;
  const changes = Array.from({ length: 20 }, (_, at) => ({ summary: `${at} ${'x'.repeat(900)}`, ...none }));
  const nodes = Array.from({ length: 100 }, (_, at) => `n-${at}`);
  const plans = nodes.map((node) => planned('tunnel', 'wireguard', node, changes));
  const plan = stamp([started('plan', nodes), ...plans, ended(0, 2000)]);
  const { said } = await notify('  - command: [sh, -c, ":"]\n', plan, { command: 'plan', exit: 10 });
  expect(said).toBe('notified sh: drift\n');
});

it('says what a command printed that failed, without a secret, and notifies the others all the same', async () => {
  await serve();
  const command = `  - command: [sh, -c, 'cat >/dev/null; echo "password: hunter2hunter2" >&2; exit 9']\n`;
  const { said } = await notify(command + plain(), STOP_RUN, { command: 'apply', exit: 3 });
  expect(said).toContain(
    'warning: sh was not notified (stop): it exits with 9: password: [redacted], 4 attempts\n',
  );
  expect(said).toMatch(/^notified 127/m);
});

it('does not try a command again that is not there', async () => {
  await serve();
  const { said, pauses } = await notify('  - command: [no-such-program]\n', STOP_RUN, {
    command: 'apply',
    exit: 3,
  });
  expect(said).toMatch(/^warning: no-such-program was not notified \(stop\): it exits with 127: /);
  expect(pauses).toEqual([]);
});

it('does not wait for what a command leaves running', async () => {
  await serve();
  const command = `  - command: [setsid, sh, -c, 'cat >/dev/null; sleep 50 & echo $! >pid']\n`;
  const { said } = await notify(command, STOP_RUN, { command: 'apply', exit: 3 });
  expect(said).toBe('notified setsid: stop\n');
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')));
});

it.each([
  ['prints without end', 'exec yes', 'it printed more than 1 MiB', 0],
  ['is killed', 'kill -KILL $$', 'it was ended by SIGKILL', 3],
])('says that a command %s', async (_what, script, reason, tries) => {
  await serve();
  const { said, pauses } = await notify(`  - command: [sh, -c, '${script}']\n`, STOP_RUN, {
    command: 'apply',
    exit: 3,
  });
  expect(said).toContain(`warning: sh was not notified (stop): ${reason}`);
  expect(pauses).toHaveLength(tries);
});

it('says always, also if there was nothing to do', async () => {
  await serve();
  await notify(`${plain()}    on: [always]\n`, [], { command: 'apply', exit: 0 });
  expect(JSON.parse(service.received[0]?.body ?? '')).toMatchObject({
    event: 'go',
    text: 'apply: nothing to do',
    reasons: [],
  });
});

describe('a run with --notify', () => {
  it('is notified of if its report can’t be written', async () => {
    await serve();
    writeFileSync(join(folder, 'net.yaml'), DEAD_INVENTORY);
    writeFileSync(join(folder, 'notify.yaml'), `notify:\n${plain()}`);
    const argv = ['plan', '-i', join(folder, 'net.yaml'), '--notify', join(folder, 'notify.yaml')];
    const { code } = await cli([...argv, '--report', `json=${folder}`], folder);
    expect(code).toBe(2);
    expect(JSON.parse(service.received[0]?.body ?? '')).toMatchObject({ event: 'failure', exit: 2 });
  });

  it.each([
    ['is notified of after it ended', DEAD_INVENTORY, 4, { verdict: 'UNREACHABLE', inventory: 'dead' }],
    [
      'that never was, because of a broken inventory, too',
      'name: A b\n',
      2,
      { reasons: [{ code: 'E_INPUT' }, {}] },
    ],
  ])('%s, and keeps its exit code', async (_what, inventory, exit, body) => {
    await serve({ hook: [404] });
    writeFileSync(join(folder, 'net.yaml'), inventory);
    writeFileSync(join(folder, 'notify.yaml'), `notify:\n${plain()}`);
    const argv = ['plan', '-i', join(folder, 'net.yaml'), '--notify', join(folder, 'notify.yaml'), '--json'];
    const { code, stdout, stderr } = await cli(argv, folder);
    expect(code).toBe(exit);
    expect(stderr).toContain('was not notified (failure): it answered 404\n');
    expect(stdout).not.toContain('notified');
    expect(JSON.parse(service.received[0]?.body ?? '')).toMatchObject({ event: 'failure', exit, ...body });
  });

  it('refuses a report that would replace the file', async () => {
    await serve();
    const file = join(folder, 'notify.yaml');
    writeFileSync(join(folder, 'net.yaml'), DEAD_INVENTORY);
    writeFileSync(file, `notify:\n${plain()}    on: [always]\n`);
    const argv = ['plan', '-i', join(folder, 'net.yaml'), '--notify', file, '--report', `json=${file}`];
    const { code, stderr } = await cli(argv, folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}  the run reads this file; choose another file for the report\n`);
    expect(readFileSync(file, 'utf8')).toContain('notify:');
  });
});

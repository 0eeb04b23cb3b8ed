import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { folderWith } from '../cli/helpers.js';
import { BOT, Service, type Settings } from '../support/service/service.js';

const MARK = '<!-- bridgehead inventory%2Fhome%2Dmesh.yaml -->';
let service: Service;
afterEach(() => service.stop());

/** Runs the step's program on a pull request, and returns what it says. */
async function comment(settings: Settings = {}, over: Readonly<Record<string, string>> = {}) {
  service = await Service.start(settings);
  const folder = folderWith({
    'run.md': '## 📝 PLAN\n',
    'event.json': JSON.stringify({ pull_request: { number: 7 } }),
    'push.json': JSON.stringify({ ref: 'refs/heads/main' }),
  });
  const env = {
    PATH: process.env['PATH'],
    INPUT_COMMENT: 'true',
    INPUT_COMMAND: 'plan',
    INPUT_INVENTORY: 'inventory/home-mesh.yaml',
    INPUT_PLAYBOOK: '',
    INPUT_ARGUMENTS: '',
    INPUT_COMMENT_AUTHOR: BOT,
    GITHUB_TOKEN: 'a-token',
    GITHUB_API_URL: service.url,
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '42',
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    REPORT: join(folder, 'run.md'),
    ...over,
    ...(over['EVENT'] && { GITHUB_EVENT_PATH: join(folder, over['EVENT']) }),
  };
  const child = spawn(process.execPath, ['action/comment.js'], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, said, asked: service.received.map(({ method, path }) => `${method} ${path}`) };
}

const LIST = 'GET /repos/o/r/issues/7/comments?per_page=100&page=1';

it('comments with the report and a link to the job', async () => {
  const { code, said, asked } = await comment({ comments: [{ user: { login: 'ada' }, body: 'nice' }] });
  expect({ code, said }).toEqual({
    code: 0,
    said: 'commented: https://github.example/o/r/pull/7#issuecomment-1001\n',
  });
  expect(asked).toEqual([LIST, 'POST /repos/o/r/issues/7/comments']);
  expect(service.comments[1]?.body).toBe(
    `${MARK}\n## 📝 PLAN\n\n[the job](https://github.example/o/r/actions/runs/42)\n`,
  );
});

it('replaces its own comment of an earlier run, wherever it is, and nobody else’s', async () => {
  const chat = Array.from({ length: 130 }, () => ({ user: { login: 'ada' }, body: 'x' }));
  const comments = [
    { user: { login: 'eve' }, body: `${MARK}\nfake` },
    { user: { login: BOT }, body: '<!-- bridgehead other.yaml -->\nanother inventory' },
    ...chat,
    { user: { login: BOT }, body: `${MARK}\nold` },
  ];
  const { said, asked } = await comment({ comments });
  expect(said).toBe('comment replaced: https://github.example/o/r/pull/7#issuecomment-1132\n');
  expect(asked).toEqual([LIST, LIST.replace('&page=1', '&page=2'), 'PATCH /repos/o/r/issues/comments/1132']);
  expect(service.comments).toHaveLength(133);
  expect(service.comments[132]?.body).toContain('## 📝 PLAN');
  expect(service.comments[0]?.body).toContain('fake');
});

it('tries again if GitHub fails for a moment', async () => {
  const { said, asked } = await comment({ github: [502] });
  expect(said).toMatch(/^commented: /);
  expect(asked).toEqual([LIST, LIST, 'POST /repos/o/r/issues/7/comments']);
});

it('makes one comment, also if the answer to the first attempt is lost', async () => {
  const { said } = await comment({ lost: 1 });
  expect(said).toMatch(/^comment replaced: /);
  expect(service.comments).toHaveLength(1);
});

it('has a comment for each playbook and list of arguments', async () => {
  const comments = [{ user: { login: BOT }, body: `${MARK}\nof the built-in playbook` }];
  const { said } = await comment(
    { comments },
    { INPUT_PLAYBOOK: 'edge.yaml', INPUT_ARGUMENTS: '--only\nwk-1' },
  );
  expect(said).toMatch(/^commented: /);
  expect(service.comments[1]?.body).toMatch(
    /^<!-- bridgehead inventory%2Fhome%2Dmesh.yaml [0-9a-f]{12} -->\n/,
  );
});

it.each([
  [
    'may not comment',
    { github: [403] },
    {},
    'GET is answered 403; the job needs `permissions: pull-requests: write`',
  ],
  ['has a wrong token', {}, { GITHUB_TOKEN: 'x' }, 'GET is answered 401'],
  ['reaches nobody', {}, { GITHUB_API_URL: 'http://127.0.0.1:2' }, "GitHub can't be reached (ECONNREFUSED)"],
])('only warns if it %s', async (_what, settings, over, reason) => {
  const { code, said } = await comment(settings, over);
  expect({ code, said }).toEqual({
    code: 0,
    said: `::warning title=bridgehead::there is no comment on the pull request: ${reason}\n`,
  });
});

it.each([
  ['outside a pull request', { EVENT: 'push.json' }, 'no comment: this is not a pull request'],
  ['of an apply', { INPUT_COMMAND: 'apply' }, 'no comment is wanted'],
  ['that is not wanted', { INPUT_COMMENT: 'false' }, 'no comment is wanted'],
  ['without a report', { REPORT: '' }, 'there is no report to comment with'],
])('makes no comment %s', async (_what, over, said) => {
  expect(await comment({}, over)).toEqual({ code: 0, said: `${said}\n`, asked: [] });
});

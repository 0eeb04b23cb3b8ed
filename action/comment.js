// Makes the plan a comment on the pull request, or replaces the one of an earlier run. Whatever comes of that, it never
// changes the result of the job: it says on the log why there is no comment.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PAGE = 100;
/** A pull request with more comments gets a new one. */
const MOST_PAGES = 30;
const PAUSES_MS = [1000, 5000];
const TIMEOUT_MS = 20_000;

const { env } = process;
const api = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues`;

/** As the message of a workflow command, which ends at the end of its line. */
const oneLine = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** Why there is no comment. */
class NoComment extends Error {}

/** One request. Returns what it answers, or why there is no answer and whether that may pass. */
async function ask(method, url, body) {
  try {
    const reply = await fetch(url, {
      method,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        Accept: 'application/vnd.github+json',
        Authorization: `Bearer ${env.GITHUB_TOKEN}`,
        'Content-Type': 'application/json',
        'User-Agent': 'bridgehead',
        'X-GitHub-Api-Version': '2022-11-28',
      },
    });
    if (reply.ok) return { answer: await reply.json() };
    const hint = [403, 404].includes(reply.status)
      ? '; the job needs `permissions: pull-requests: write`'
      : '';
    const mayPass = reply.status >= 500 || reply.status === 429;
    return { failure: `${method} is answered ${reply.status}${hint}`, mayPass };
  } catch (error) {
    const failure =
      error instanceof SyntaxError
        ? `${method} is answered in something other than JSON`
        : `GitHub can't be reached (${error.cause?.code ?? error.name})`;
    return { failure, mayPass: true };
  }
}

/** Tries again what may pass. */
async function patiently(attempt) {
  for (let tries = 0; ; tries++) {
    const { answer, failure, mayPass } = await attempt();
    if (failure === undefined) return answer;
    const pause = PAUSES_MS[tries];
    if (!mayPass || pause === undefined) throw new NoComment(failure);
    await sleep(pause);
  }
}

/** The comment of an earlier run. One that somebody else has written with the same first line is left alone. */
async function earlier(issue, mark) {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const url = `${api}/${issue}/comments?per_page=${PAGE}&page=${page}`;
    const comments = await patiently(() => ask('GET', url));
    const own = comments.find(
      ({ body, user }) => body?.startsWith(mark) && user?.login === env.INPUT_COMMENT_AUTHOR,
    );
    if (own !== undefined || comments.length < PAGE) return own;
  }
  return undefined;
}

async function comment() {
  if (env.INPUT_COMMENT !== 'true' || env.INPUT_COMMAND !== 'plan') return 'no comment is wanted';
  if (!env.REPORT) return 'there is no report to comment with';
  const issue = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8')).pull_request?.number;
  if (issue === undefined) return 'no comment: this is not a pull request';
  const mark = `<!-- bridgehead ${planned()} -->`;
  const run = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
  const body = `${mark}\n${readFileSync(env.REPORT, 'utf8')}\n[the job](${run})\n`;
  // Looked for each time: a request that failed may have made the comment all the same.
  return patiently(async () => {
    const own = await earlier(issue, mark);
    const { answer, ...rest } =
      own === undefined
        ? await ask('POST', `${api}/${issue}/comments`, { body })
        : await ask('PATCH', `${api}/comments/${own.id}`, { body });
    return {
      answer: `${own === undefined ? 'commented' : 'comment replaced'}: ${answer?.html_url}`,
      ...rest,
    };
  });
}

/** What a comment is about, in letters that can't end an HTML comment: the same plan of another push has the same. */
function planned() {
  const { INPUT_INVENTORY: inventory, INPUT_PLAYBOOK: playbook, INPUT_ARGUMENTS: more } = env;
  const of = encodeURIComponent(inventory).replaceAll('-', '%2D');
  if (!playbook && !more) return of;
  return `${of} ${createHash('sha256').update(`${playbook}\0${more}`).digest('hex').slice(0, 12)}`;
}

try {
  console.log(await comment());
} catch (error) {
  const why = error instanceof NoComment ? error.message : `${error.name}: ${error.message}`;
  console.log(`::warning title=bridgehead::there is no comment on the pull request: ${oneLine(why)}`);
}

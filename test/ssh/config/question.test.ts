import { type ConfigQuestion, shareAnswers } from '../../../src/ssh/config/question.js';
import { parseSshConfig } from '../../../src/ssh/config/ssh-config.js';

/** Shares among these questions, and answers the first of each group by `answer`: undefined is a refusal. */
function share(questions: readonly ConfigQuestion[], answer: (host: string) => string | undefined) {
  const heard: Record<string, string> = {};
  const left: Parameters<typeof shareAnswers>[1] = [];
  const asked = shareAnswers(
    questions.map((question) => ({
      ...question,
      node: question.host,
      resolve: ({ hostname, user }) => {
        heard[question.host] = `${user}@${hostname}`;
      },
      reject: () => {
        heard[question.host] = 'refused';
      },
    })),
    left,
  );
  for (const { host, resolve, reject } of asked) {
    const hostname = answer(host);
    if (hostname === undefined) reject(new Error('refused'));
    else resolve(parseSshConfig(`user ops\nhostname ${hostname}\n`));
  }
  return { asked: asked.map(({ host }) => host), heard, left: left.map(({ host }) => host) };
}

const hosts = (...names: string[]) => names.map((host) => ({ host }));
const same = (host: string) => host;

describe('an answer that serves several hosts', () => {
  it('is given to all, each under its own name', () => {
    expect(share(hosts('192.0.2.1', 'edge.example', '192.0.2.2'), same)).toEqual({
      asked: ['192.0.2.1'],
      heard: {
        '192.0.2.1': 'ops@192.0.2.1',
        'edge.example': 'ops@edge.example',
        '192.0.2.2': 'ops@192.0.2.2',
      },
      left: [],
    });
  });

  it('serves one user and one port', () => {
    const questions = [
      { host: 'a.example' },
      { host: 'b.example', user: 'root' },
      { host: 'c.example', port: 22 },
      { host: 'd.example', user: 'root' },
      { host: 'e.example', port: 22 },
    ];
    expect(share(questions, same).asked).toEqual(['a.example', 'b.example', 'c.example']);
  });

  it('serves only its own host if that has another name', () => {
    const { heard, left } = share(hosts('a.example', 'b.example'), () => '192.0.2.1');
    expect({ heard, left }).toEqual({ heard: { 'a.example': 'ops@192.0.2.1' }, left: ['b.example'] });
  });

  it('serves nobody when it is a refusal', () => {
    const { heard, left } = share(hosts('a.example', 'b.example', 'c.example'), () => undefined);
    expect({ heard, left }).toEqual({ heard: { 'a.example': 'refused' }, left: ['b.example', 'c.example'] });
  });

  it.each([
    ['Edge.example'],
    ['edge'],
    ['edge.example.'],
    ['127.1'],
    ['010.0.0.1'],
    ['0x7f.0.0.1'],
    ['0x7f000001'],
    ['2001:db8::1'],
    ['fe80::1%eth0'],
  ])('is not one for %s, which ssh may write otherwise', (host) => {
    expect(share(hosts('a.example', host, 'b.example'), same).asked).toEqual(['a.example', host]);
  });
});

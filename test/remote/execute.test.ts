import { ask } from '../../src/remote/execute.js';
import { GarbledReply } from '../../src/remote/reply-lines.js';
import { type Answer, AnsweringNodes, answering } from '../support/answering-nodes.js';

async function asked<T>(answer: Answer, parse: (text: string) => T, id?: string) {
  const nodes = new AnsweringNodes(() => answer);
  const question = { script: 'echo 3', parse: ({ stdout }: { readonly stdout: string }) => parse(stdout) };
  const connection = await nodes.connect(answering('a'));
  const options = { node: 'a', deadlineMs: 1000 };
  return { nodes, answer: ask(connection, id === undefined ? question : { id, ...question }, options) };
}

describe('one question to one node', () => {
  it('is answered by what its reply says', async () => {
    expect(await (await asked('3', Number)).answer).toBe(3);
  });

  it('keeps the name that it has in programs', async () => {
    const { nodes, answer } = await asked('3', Number, 'guard.state');
    await answer;
    expect(nodes.asked).toEqual(['a: guard.state']);
  });

  it('fails with the evidence if the answer can’t be read', async () => {
    const { answer } = await asked('3', () => {
      throw new GarbledReply('no such state: \u001b[31m3');
    });
    await expect(answer).rejects.toMatchObject({
      code: 'E_REMOTE_GARBLED',
      details: { node: 'a', evidence: 'no such state: 3' },
    });
  });

  it('does not hide a mistake in its parser', async () => {
    const { answer } = await asked('3', () => {
      throw new TypeError('a mistake');
    });
    await expect(answer).rejects.toThrow(TypeError);
  });
});

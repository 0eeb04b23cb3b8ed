import { cleanUp } from '../../../src/app/remove/clean-up.js';
import { BridgeheadError } from '../../../src/core/errors.js';
import { resolve, SOUND } from '../../inventory/support.js';
import { type Answer, AnsweringNodes } from '../../support/answering-nodes.js';

const { inventory } = resolve(SOUND);
const PLACES = /the retired keys in \/etc\/wireguard\/\.retired and the snapshots in \/var\/lib\/bridgehead/;

async function cleaned(answer: (id: string) => Answer, { json = false, node = 'wk-1' } = {}) {
  const nodes = new AnsweringNodes(({ id }) => answer(id));
  return ended(nodes, json, node);
}

async function ended(transport: Pick<AnsweringNodes, 'connect'>, json = false, node = 'wk-1') {
  let printed = '';
  const io = { stdout: { write: (text: string) => (printed += text) } };
  const { signal } = new AbortController();
  let error: unknown;
  const asked = { inventory, json, io, transport, signal } as unknown as Parameters<typeof cleanUp>[1];
  await cleanUp(node, asked).catch((thrown: unknown) => {
    error = thrown;
  });
  return { printed, error };
}

const away = (): Pick<AnsweringNodes, 'connect'> => ({
  connect: () =>
    Promise.reject(
      new BridgeheadError('E_SSH_UNREACHABLE', 'wk-1 is off', { fix: 'start it', node: 'wk-1' }),
    ),
});

describe('the last of a removed machine', () => {
  it('is deleted before it says that nothing is left', async () => {
    const { printed, error } = await cleaned(() => '');
    expect(error).toBeUndefined();
    expect(printed).toBe(
      'wk-1 was removed from the inventory, and nothing is left on the machine except packages.\n',
    );
  });

  it.each([
    ['guard.forget', 'the snapshots in /var/lib/bridgehead on wk-1 could not be deleted'],
    ['retire.forget', 'the retired keys in /etc/wireguard/.retired on wk-1 could not be deleted'],
  ])('is named if %s fails, and nothing says that it is gone', async (failing, message) => {
    const { printed, error } = await cleaned((id) => (id === failing ? { code: 1, stderr: 'busy' } : ''));
    expect(printed).toBe('');
    expect(error).toMatchObject({
      code: 'E_STEP',
      message: expect.stringContaining(message),
      details: { fix: expect.stringMatching(PLACES) },
    });
  });

  it('is named if no login comes to it any more, in the words of that', async () => {
    const { printed, error } = await ended(away());
    expect(printed).toBe('');
    expect(error).toMatchObject({
      code: 'E_SSH_UNREACHABLE',
      message:
        'wk-1 was removed from the inventory and its networks, but not all that it keeps was deleted: wk-1 is off',
      details: { node: 'wk-1', fix: expect.stringMatching(PLACES) },
    });
  });

  it('is in the event, if that is what is printed', async () => {
    const event = { type: 'node-removed', node: 'wk-1', offline: false };
    expect(JSON.parse((await cleaned(() => '', { json: true })).printed)).toEqual(event);
    expect(JSON.parse((await ended(away(), true)).printed)).toEqual({
      ...event,
      left: ['/etc/wireguard/.retired', '/var/lib/bridgehead'],
    });
  });

  it('stays where it is if the machine is not in the inventory that it was removed with', async () => {
    const { printed } = await ended(away(), false, 'gone');
    expect(printed).toContain('The machine itself was not cleaned up');
  });
});

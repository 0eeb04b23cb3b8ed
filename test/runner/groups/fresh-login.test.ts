import { BridgeheadError } from '../../../src/core/errors.js';
import {
  connectFresh,
  keepLoggingIn,
  Logins,
  logInAfresh,
  replaceConnection,
} from '../../../src/runner/groups/fresh-login.js';
import { PATIENCE } from '../../../src/runner/patience.js';
import { AnsweringNodes, answering, inventoryOf, stageOf } from '../../support/answering-nodes.js';

const inventory = inventoryOf(answering('a'), answering('b'));
const stage = async (over: Parameters<typeof stageOf>[2] = {}) => {
  const nodes = new AnsweringNodes(() => '');
  return { nodes, ...(await stageOf(nodes, inventory, over)) };
};

describe('a login', () => {
  it('is stale once anything was changed after it was begun', () => {
    const logins = new Logins();
    expect(logins.isStale('a')).toBe(false);
    logins.changed();
    expect(logins.isStale('a')).toBe(true);
    logins.made('a', performance.now());
    expect([logins.isStale('a'), logins.isStale('b')]).toEqual([false, true]);
  });

  it('made afresh is used from then on, and the one before it is closed', async () => {
    const { context, nodes } = await stage();
    context.logins.changed();
    const connection = await logInAfresh(context, 'a');
    expect(context.connections.get('a')).toBe(connection);
    expect([nodes.logins, nodes.closed]).toEqual([['fresh a'], ['a']]);
    expect(context.logins.isStale('a')).toBe(false);
  });

  it('is not closed by being used again', async () => {
    const { context, nodes } = await stage();
    const connection = await connectFresh(context, 'a');
    for (const began of [1, 2]) replaceConnection(context, 'a', { connection, began });
    expect(nodes.closed).toEqual(['a']);
  });

  it('is only for nodes of the inventory', async () => {
    const { context } = await stage();
    await expect(connectFresh(context, 'nobody')).rejects.toThrow(TypeError);
  });
});

describe('logging in until it works', () => {
  const patience = { ...PATIENCE, retry: 0 };
  const later = () => performance.now() + 60_000;

  it('reports why the first attempt failed, once', async () => {
    const waited: unknown[] = [];
    let pauses = 0;
    const { context, nodes } = await stage({
      patience,
      pause: async () => {
        pauses += 1;
        if (pauses === 3) nodes.unreachable.clear();
      },
    });
    nodes.unreachable.add('a');
    await keepLoggingIn(context, 'a', { until: later(), waiting: (reason) => waited.push(reason) });
    expect(nodes.logins).toEqual(Array.from({ length: 4 }, () => 'fresh a'));
    expect(waited).toMatchObject([{ code: 'E_SSH_TIMEOUT' }]);
  });

  it('is tried once though the time is up, and then rejects with why', async () => {
    const { context, nodes } = await stage({ patience });
    nodes.unreachable.add('a');
    const waited: unknown[] = [];
    const attempts = { until: 0, waiting: (reason: unknown) => waited.push(reason) };
    await expect(keepLoggingIn(context, 'a', attempts)).rejects.toThrow('a does not answer');
    expect(waited).toMatchObject([{ message: 'a does not answer' }]);
    expect(nodes.logins).toEqual(['fresh a']);
  });

  it('ends at once when the run is interrupted', async () => {
    const { context, nodes, interrupt } = await stage({ patience });
    interrupt();
    await expect(keepLoggingIn(context, 'a', { until: later() })).rejects.toThrow(BridgeheadError);
    expect(nodes.logins).toEqual([]);
  });
});

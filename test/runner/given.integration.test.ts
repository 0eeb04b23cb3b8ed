import { BridgeheadError } from '../../src/core/errors.js';
import type { Inventory, Node } from '../../src/model/inventory.js';
import type { Playbook } from '../../src/playbook/types.js';
import type { Transport } from '../../src/remote/transport.js';
import { Observations } from '../../src/runner/plan/observations.js';
import type { GivenFacts } from '../../src/runner/plan/scope.js';
import { run } from '../../src/runner/run.js';
import { hubText, resolveText } from '../layers/wireguard/clients/support.js';
import { LocalConnection } from '../support/local-transport.js';

const inventory: Inventory = resolveText(hubText());
const playbook: Playbook = {
  file: 'p.yaml',
  name: 'p',
  phases: [
    {
      name: 'one',
      steps: [
        { id: 'one.step-1', kind: 'script', name: 's', on: ['all'], params: { check: 'true', run: 'false' } },
      ],
      gates: [{ id: 'one.gate-1', kind: 'commands', name: 'sh', on: ['all'], params: { names: ['sh'] } }],
    },
  ],
};

/** Only the hub answers. */
async function apply(given?: GivenFacts): Promise<{ exit: number; asked: string[] }> {
  const asked: string[] = [];
  const transport: Transport = {
    connect: async ({ name }: Node) => {
      asked.push(name);
      if (name !== 'vps') throw new BridgeheadError('E_SSH_TIMEOUT', `${name} is silent`, { node: name });
      return new LocalConnection();
    },
    close: async () => {},
  };
  const { exit } = await run({
    command: 'apply',
    run: 'r-1',
    inventory,
    playbook,
    phases: [],
    only: ['vps'],
    transport,
    emit: () => {},
    signal: new AbortController().signal,
    concurrency: 4,
    ...(given && { given }),
  });
  return { exit, asked: asked.sort() };
}

describe('facts that are given', () => {
  it('spare the node that they are about', async () => {
    expect(await apply()).toEqual({ exit: 0, asked: ['gw', 'vps'] });
    expect(await apply(new Map([['gw', {}]]))).toEqual({ exit: 0, asked: ['vps'] });
  });

  it('don’t spare one that is worked on', async () => {
    expect(
      (
        await apply(
          new Map([
            ['vps', {}],
            ['gw', {}],
          ]),
        )
      ).asked,
    ).toEqual(['vps']);
  });

  it('are known like those from a probe', () => {
    const observations = new Observations(new Map([['gw', { 'public-key.wg0': 'k=' }]]));
    expect(observations.get('gw', 'public-key.wg0')).toBe('k=');
    expect(observations.get('vps', 'public-key.wg0')).toBeUndefined();
  });
});

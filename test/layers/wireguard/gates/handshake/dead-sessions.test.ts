import {
  deadIn,
  deadSessions,
  type JudgedPair,
} from '../../../../../src/layers/wireguard/gates/handshake/dead-sessions.js';
import type { HandshakeContext } from '../../../../../src/layers/wireguard/gates/handshake/params.js';
import { homeMesh } from '../../../../fixtures/home-mesh-inventory.js';

const pair = (node: string, peer: string | undefined, shaken: boolean): JudgedPair => ({
  network: 'mesh',
  finding: { go: shaken, node, ...(peer !== undefined && { peer }), expected: '', seen: '' },
  shaken,
});
const context: HandshakeContext = {
  params: {},
  inventory: homeMesh,
  networks: homeMesh.networks,
  measured: ['ms-1', 'wk-1'],
  patience: 0,
  token: 'Token1',
  facts: { get: () => undefined },
};

describe('a session that only one side still has', () => {
  it('is found where one side has no session and the other one does', () => {
    const found = [pair('ms-1', 'wk-1', false), pair('wk-1', 'ms-1', true)];
    expect(deadIn(context, found)).toEqual([{ network: 'mesh', without: 'ms-1', believer: 'wk-1' }]);
  });

  it.each([
    ['both have one', [pair('ms-1', 'wk-1', true), pair('wk-1', 'ms-1', true)]],
    ['neither has one', [pair('ms-1', 'wk-1', false), pair('wk-1', 'ms-1', false)]],
    ['the other was not measured', [pair('ms-1', 'wk-2', false), pair('wk-2', 'ms-1', true)]],
    ['the other is not known', [pair('ms-1', undefined, false)]],
    [
      'the other has it in another network',
      [pair('ms-1', 'wk-1', false), { ...pair('wk-1', 'ms-1', true), network: 'other' }],
    ],
  ])('is not found where %s', (_where, found) => {
    expect(deadIn(context, found)).toEqual([]);
  });

  it('is remembered from the last measurement, and there is none before it', () => {
    const recall = [{ network: 'mesh', without: 'ms-1', believer: 'wk-1' }];
    expect(deadSessions({ ...context, recall })).toEqual(recall);
    expect(deadSessions(context)).toEqual([]);
  });
});

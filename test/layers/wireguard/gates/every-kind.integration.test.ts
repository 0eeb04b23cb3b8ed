import { Ajv } from 'ajv';
import { reachable } from '../../../../src/layers/host/gates/reachable.js';
import { GATE_KINDS } from '../../../../src/layers/index.js';
import type { FragmentReply } from '../../../../src/remote/program.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { askGate, gateContext, nodeOf, reply, stops } from './fixture.js';

const PARAMS: Readonly<Record<string, object>> = {
  sysctl: { values: { 'net.ipv4.ip_forward': 1 } },
  commands: { names: ['sh'] },
};
const KINDS = [...GATE_KINDS.values()];
const params = (kind: string): object => PARAMS[kind] ?? {};

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('the gate %s', (name, kind) => {
  const context = gateContext<unknown>(params(name));
  const judged = (said: (node: string) => FragmentReply | undefined) => {
    const replies = context.measured.flatMap((node) => {
      const one = said(node);
      return one ? [[node, one] as const] : [];
    });
    return verdictOn(kind, context, new Map(replies));
  };

  it('has a schema that allows its usual parameters and no others', () => {
    const validate = new Ajv({ strict: true, allowUnionTypes: true, keywords: ['x-message'] }).compile(
      kind.schema,
    );
    expect(validate(params(name))).toBe(true);
    expect(validate({ ...params(name), nonsense: 1 })).toBe(false);
  });

  it.each([
    ['nothing at all', () => undefined],
    ['an empty reply', () => reply('', { stdout: '' })],
    ['a reply that is cut off', () => reply('', { stdout: 'uid 0\nstate run' })],
    ['garbage', () => reply('\u0001\u0002 %$§ xyz\nfoo bar')],
    ['a probe that failed', () => reply('', { code: 2, stderr: 'sh: bad \u001b[31msubstitution' })],
  ])('is STOP on every node after %s', (_what, said) => {
    const verdict = judged(said);
    const stopped = new Set(verdict.findings.filter(({ go }) => !go).map(({ node }) => node));
    expect([...stopped].sort()).toEqual([...context.measured].sort());
    expect(JSON.stringify(verdict)).not.toMatch(/\\u00(1b|01)/);
    for (const { go, fix } of verdict.findings) if (!go) expect(fix).toEqual(expect.any(String));
  });

  it('has a finding for every node measured, a stranger to every network included', () => {
    const alone = gateContext<unknown>(params(name), { networks: [], measured: ['ms-1'] });
    const { stdout, code, stderr } = askGate(
      { name: 'dash', argv: ['dash'] },
      kind,
      { ...alone, patience: 0 },
      nodeOf('ms-1'),
    );
    const { findings } = verdictOn(kind, alone, new Map([['ms-1', { id: 'x', code, stdout, stderr }]]));
    expect(findings.map(({ node }) => node)).toContain('ms-1');
  });
});

describeShells('every probe', (shell) => {
  (canMount ? it : it.skip).each(KINDS.map((kind) => [kind.kind, kind] as const))(
    '%s is sh that ends by itself and says so',
    (name, kind) => {
      const context = gateContext<unknown>(params(name), { patience: 0, measured: ['ms-1'] });
      const { stdout, code } = askGate(shell, kind, context, nodeOf('ms-1'), {
        under: ['unshare', '-n'],
      });
      expect({ code, ends: stdout.split('\n').includes('end') }).toEqual({ code: 0, ends: true });
    },
  );
});

it('garbled words of one node leave the others judged', () => {
  const good = reply('uid 0\nhost ms-1\nsystem Debian GNU/Linux 12\nstate running');
  const context = gateContext({});
  const replies = new Map(context.measured.map((node) => [node, node === 'wk-1' ? reply('uid 0') : good]));
  const verdict = verdictOn(reachable, context, replies);
  expect(stops(verdict)).toEqual(['wk-1: expected one line "host" with 1 value: uid 0 end']);
  expect(verdict.summary).toBe('3 of 4 nodes answer as root (Debian 12)');
});

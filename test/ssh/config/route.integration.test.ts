import { join } from 'node:path';
import type { Node } from '../../../src/model/inventory.js';
import { createHome } from '../../../src/ssh/config/home.js';
import { RouteFinder } from '../../../src/ssh/config/route.js';
import { failure } from '../support/collect.js';
import { makeInventory, makeNode } from '../support/inventory.js';
import { homeWith } from '../support/login.js';

function hopOf(nodes: readonly Node[], name: string, config = '', env: Record<string, string> = {}) {
  const path = homeWith({ config });
  const home = createHome({ PATH: process.env['PATH'], ...env }, path);
  const node = nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(name);
  const router = new RouteFinder(makeInventory(nodes, '/home/me/net/inventory.yaml'), home);
  return { path, hop: router.hopTo(node) };
}

describe('the way to a node', () => {
  it('takes the inventory’s word before ~/.ssh/config’s', async () => {
    const config =
      'Host edge\n HostName 203.0.113.7\n Port 2200\n User nobody\n HostKeyAlias the-edge\n AddressFamily inet\n';
    const node = makeNode('edge', { host: 'edge', port: 2222, user: 'root', key: 'keys/edge' });
    const { hop } = hopOf([node], 'edge', config);
    expect(await hop).toMatchObject({
      node: 'edge',
      host: '203.0.113.7',
      port: 2222,
      user: 'root',
      family: 4,
      hostKeyName: 'the-edge',
      key: '/home/me/net/keys/edge',
    });
  });

  it('leaves the rest to ~/.ssh/config, Match and tokens included', async () => {
    const config =
      'Match host inner* user ops\n IdentityFile ~/.ssh/%r@%h\n IdentityFile $KEYS/x\n UserKnownHostsFile ~/.ssh/mine\n';
    const node = makeNode('inner', { host: 'inner.example', user: 'ops' });
    const braced = config.replace('$KEYS', ['$', '{KEYS}'].join(''));
    const { hop, path } = hopOf([node], 'inner', braced, { KEYS: '/keys', SSH_AUTH_SOCK: '/run/agent' });
    expect(await hop).toMatchObject({
      identityFiles: [`${path}/.ssh/ops@inner.example`, '/keys/x'],
      userKnownHosts: [`${path}/.ssh/mine`],
      agentSocket: '/run/agent',
      key: undefined,
    });
  });

  it('reads $HOME, not the passwd entry, for what is left out', async () => {
    const { hop, path } = hopOf([makeNode('edge', { host: 'edge' })], 'edge');
    const { userKnownHosts, identityFiles } = await hop;
    expect(userKnownHosts[0]).toBe(join(path, '.ssh/known_hosts'));
    expect(identityFiles).toContain(join(path, '.ssh/id_ed25519'));
  });

  it.each([
    ['none', undefined],
    ['SSH_AUTH_SOCK', '/run/agent'],
    ['$OTHER', '/run/other'],
    ['~/.ssh/agent', 'HOME/.ssh/agent'],
  ])('understands IdentityAgent %s', async (value, socket) => {
    const env = { SSH_AUTH_SOCK: '/run/agent', OTHER: '/run/other' };
    const { hop, path } = hopOf([makeNode('a', { host: 'a' })], 'a', `IdentityAgent ${value}\n`, env);
    expect((await hop).agentSocket).toBe(socket?.replace('HOME', path));
  });

  it('follows jump hosts, one behind the other', async () => {
    const nodes = [
      makeNode('edge', { host: '203.0.113.7' }),
      makeNode('mid', { host: '10.0.0.1', jump: 'edge' }),
      makeNode('inner', { host: '10.0.0.2', jump: 'mid' }),
      makeNode('loose', { host: '10.0.0.3', jump: 'ops@[2001:db8::9]:2222' }),
    ];
    const inner = await hopOf(nodes, 'inner').hop;
    expect([inner.via?.node, inner.via?.via?.node, inner.via?.via?.via]).toEqual(['mid', 'edge', undefined]);
    expect(inner.via?.id).toBe((await hopOf(nodes, 'mid').hop).id);
    const loose = await hopOf(nodes, 'loose').hop;
    expect(loose.via).toMatchObject({ host: '2001:db8::9', port: 2222, user: 'ops' });
  });

  it('reads a chain of ProxyJump from the near end to the far one', async () => {
    const config = 'Host far\n ProxyJump ops@first:2201,second\nHost first\n HostName 192.0.2.1\n';
    const far = await hopOf([makeNode('far', { host: 'far' })], 'far', config).hop;
    expect(far.via).toMatchObject({ host: 'second', via: { host: '192.0.2.1', port: 2201, user: 'ops' } });
  });

  it('does not go to a jump host through itself', async () => {
    const config = 'Host *\n ProxyJump bastion\n';
    const nodes = [makeNode('bastion', { host: '203.0.113.7' }), makeNode('inner', { host: 'inner' })];
    expect((await hopOf(nodes, 'bastion', config).hop).via).toBeUndefined();
    const inner = await hopOf(nodes, 'inner', config).hop;
    expect([inner.via?.host, inner.via?.via]).toEqual(['203.0.113.7', undefined]);
  });

  it('reports a circle', async () => {
    const nodes = [
      makeNode('a', { host: 'a', jump: 'b' }),
      makeNode('b', { host: 'b', jump: 'c' }),
      makeNode('c', { host: 'c', jump: 'a' }),
    ];
    const { error, text } = await failure(hopOf(nodes, 'a').hop);
    expect(error.code).toBe('E_SSH_CONFIG');
    expect(text).toContain('form a loop: a -> b -> c -> a');
  });

  it.each([
    ['-oProxyCommand=touch /tmp/x', {}, 'is not a host name'],
    ['a b', {}, 'is not a host name'],
    ['x;id', {}, 'is not a host name'],
    ['x', { user: '-l' }, 'is not a user name'],
    ['x', { port: 70000 }, 'not a valid port'],
    ['x', { jump: '-oProxyCommand=id' }, 'is not a host name'],
    ['x', { jump: 'a@b:99999' }, 'not a valid port'],
  ])('never hands %s %j to ssh', async (host, extra, said) => {
    const { error, text } = await failure(hopOf([makeNode('bad', { host, ...extra })], 'bad').hop);
    expect(error.code).toBe('E_SSH_CONFIG');
    expect(text).toContain(said);
  });

  it('reports what it can’t do, and a config that ssh refuses', async () => {
    const command = await failure(hopOf([makeNode('x', { host: 'x' })], 'x', 'ProxyCommand nc %h %p\n').hop);
    expect(command.text).toContain('uses a ProxyCommand, which isn');
    const broken = await failure(hopOf([makeNode('x', { host: 'x' })], 'x', 'Nonsense yes\n').hop);
    expect(broken.error.code).toBe('E_SSH_CONFIG');
    expect(broken.text).toMatch(/Bad configuration option: nonsense/i);
  });

  it('says that ssh is missing', async () => {
    const home = createHome({ PATH: '/nonexistent' }, homeWith({}));
    const { error, text } = await failure(
      new RouteFinder(makeInventory([]), home).hopTo(makeNode('x', { host: 'x' })),
    );
    expect(error.code).toBe('E_SSH_CONFIG');
    expect(text).toContain('apt install openssh-client');
  });
});

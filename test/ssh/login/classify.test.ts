import type { Hop } from '../../../src/ssh/config/hop.js';
import { type Attempt, classify } from '../../../src/ssh/login/classify.js';

const jump = { id: 'edge', node: 'edge', host: '203.0.113.7', port: 22, user: 'root' };
const hop = {
  id: 'inner',
  node: 'inner',
  host: '10.0.0.2',
  port: 2222,
  user: 'ops',
  family: 0,
  hostKeyName: '10.0.0.2',
  hostKeys: [],
  userKnownHosts: [],
  globalKnownHosts: [],
  identityFiles: [],
  identitiesOnly: false,
  certificates: [],
} satisfies Hop;
const attempt: Attempt = { hop, offered: ['/keys/a'], partial: false, methods: [], opening: '' };
const behind = { ...attempt, hop: { ...hop, via: { ...hop, ...jump } } };

function coded(code: string, message = `connect ${code} 10.0.0.2:2222`): Error {
  return Object.assign(new Error(message), { code });
}

describe('what went wrong while connecting', () => {
  it.each([
    [coded('ENOTFOUND'), 'E_SSH_UNRESOLVED', 'does not resolve'],
    [coded('EAI_AGAIN'), 'E_SSH_UNRESOLVED', 'could not be looked up'],
    [coded('ECONNREFUSED'), 'E_SSH_REFUSED', 'refuses connections'],
    [coded('EHOSTUNREACH'), 'E_SSH_UNREACHABLE', 'no route to'],
    [coded('ENETUNREACH'), 'E_SSH_UNREACHABLE', 'no route to'],
    [coded('EHOSTDOWN'), 'E_SSH_UNREACHABLE', 'no route to'],
    [coded('ENETDOWN'), 'E_SSH_UNREACHABLE', 'no route to'],
    [coded('EACCES'), 'E_SSH_UNREACHABLE', 'firewall'],
    [coded('ETIMEDOUT'), 'E_SSH_TIMEOUT', 'does not answer'],
    [coded('ECONNRESET'), 'E_SSH_REFUSED', 'closed the connection before the login'],
    [coded('ECONNABORTED'), 'E_SSH_REFUSED', 'closed the connection before the login'],
    [new Error('Connection lost before handshake'), 'E_SSH_REFUSED', 'MaxStartups'],
    [
      coded('ETIMEDOUT', 'No response from server'),
      'E_SSH_REFUSED',
      'closed the connection before the login',
    ],
    [
      Object.assign(new Error('all'), { errors: [coded('ENETUNREACH'), coded('ECONNREFUSED')] }),
      'E_SSH_REFUSED',
      'refuses',
    ],
    [
      Object.assign(new Error('All configured authentication methods failed'), {
        level: 'client-authentication',
      }),
      'E_SSH_AUTH',
      'ssh-copy-id -p 2222 ops@10.0.0.2',
    ],
    [Object.assign(new Error('Too many authentication failures'), { code: 2 }), 'E_SSH_AUTH', '/keys/a'],
    [Object.assign(new Error('refused'), { level: 'agent' }), 'E_SSH_AUTH', 'the agent refused to sign'],
    [
      Object.assign(new Error('Handshake failed: no matching host key format'), { level: 'handshake' }),
      'E_SSH_PROTOCOL',
      'have no host key format in common',
    ],
    [
      Object.assign(new Error('Handshake failed: no matching key exchange algorithm'), {
        level: 'handshake',
      }),
      'E_SSH_PROTOCOL',
      'post-quantum',
    ],
    [new Error('\x1b[31mstrange\x1b[0m'), 'E_SSH_PROTOCOL', 'ssh -v -p 2222 ops@10.0.0.2'],
    ['a text', 'E_SSH_PROTOCOL', 'a text'],
  ])('%s is %s', (thrown, code, said) => {
    // A socket that fails has seen no key yet.
    const isLogin = code === 'E_SSH_AUTH';
    const error = classify(thrown, { ...attempt, offered: isLogin ? attempt.offered : [] });
    const text = `${error.message}\n${error.details.evidence}\n${error.details.fix}`;
    expect(error.code).toBe(code);
    expect(error.details.node).toBe('inner');
    expect(error.details.fix).toBeTruthy();
    expect(text).toContain(said);
    expect(text).not.toContain('\x1b');
  });

  it.each([
    [1, 'E_SSH_REFUSED', 'AllowTcpForwarding'],
    [2, 'E_SSH_UNREACHABLE', 'edge could not reach 10.0.0.2 port 2222'],
  ])('a jump host’s refusal %i is %s', (reason, code, said) => {
    const error = classify(Object.assign(new Error('open failed'), { reason }), behind);
    expect(error.code).toBe(code);
    expect(`${error.message}\n${error.details.fix}`).toContain(said);
  });
});

it.each([
  [coded('ENOTFOUND'), /correct the name, or HostName in ~/],
  [coded('ECONNREFUSED'), /check the port, or Port in ~/],
  [coded('ECONNRESET'), /set it as IdentityFile with IdentitiesOnly yes in ~/],
  [new Error('Expected packet length'), /check the port, or Port in ~/],
])('what is in no inventory yet is not corrected there: %s', (thrown, fix) => {
  const isCut = thrown.message.includes('ECONNRESET');
  const error = classify(thrown, {
    ...attempt,
    hop: { ...hop, undeclared: true },
    offered: isCut ? attempt.offered : [],
    untried: ['/keys/b'],
    opening: isCut ? '' : 'HTTP/1.1 400',
  });
  expect(error.details.fix).toMatch(fix);
  expect(error.details.fix).not.toMatch(/inventory|ssh\.\w/);
});

describe('a server that hangs up during the login', () => {
  it.each([coded('ECONNRESET'), coded('EPIPE'), new Error('No response from server')])('%s', (thrown) => {
    const { code, details } = classify(thrown, { ...attempt, untried: ['/keys/b'] });
    expect(code).toBe('E_SSH_AUTH');
    expect(details.evidence).toContain(
      'keys offered: /keys/a\nnot tried, since sshd disconnects after a few: /keys/b',
    );
    expect(details.evidence).toContain('it closed the connection during the login');
  });
});

import { imported, refused } from './importing.js';

const CONFIG = `Include config.d/*
Host vps
  HostName 198.51.100.25
  Port 2222 # not 22
Host worker1 wk-1
  HostName=192.168.15.3
  IdentityFile "%d/.ssh/id_ed25519"
Host gh
  HostName github.com
  User git
Host *.lan !x.lan
  User ops
Host web01.lan x.lan
  ProxyJump a,root@198.51.100.25:2222
  ProxyCommand none
Match host foo
  User bar
Host *
  User root
`;

describe('an ssh_config', () => {
  it('gives the hosts that it names, with the first of each setting', () => {
    const { lines, notes } = imported({ config: CONFIG });
    expect(lines).toEqual([
      'home:',
      '  subnet: 192.168.15.0/24',
      'vps: { public: 198.51.100.25, ssh: { port: 2222, user: root } }',
      'worker1: { site: home, lan: 192.168.15.3, ssh: { user: root, key: ~/.ssh/id_ed25519 } }',
      'web01: { ssh: { host: web01.lan, user: ops, jump: vps } }',
      'x: { ssh: { host: x.lan, user: root, jump: vps } }',
    ]);
    expect(notes).toEqual([
      'config:1:1  Include config.d/* was not followed; import that file as well to get its hosts',
      'config:16:1  a Match block was not read; check what it sets for the hosts',
      'config:8:1  gh is a Git service, not a machine, and was left out',
      'config:14:3  of the jumps a, root@198.51.100.25:2222 only the last was imported; make the others the jump of root@198.51.100.25:2222',
      'config:5:1  wk-1 is worker1 of config:5 under another name: both are 192.168.15.3; they are one machine, worker1, in the inventory',
    ]);
  });

  it('is refused for what cannot be in an inventory, all at once', () => {
    expect(
      refused({ config: 'Host a\n  Port 99999\n  User "a b"\nHost b\n  HostName 192.168.1.300\n' }),
    ).toEqual([
      'config:2:3  port of a: "99999" is not a port; write 1 to 65535',
      `config:3:3  user of a: "a b" can't be in an inventory; a login has letters, digits, '_', '.' and '-', and begins with a letter or '_'`,
    ]);
  });

  it('must name a host', () => {
    expect(refused({ config: 'Host *\n  User root\n' })).toEqual([
      'config  names no host; hosts are taken from "Host NAME" lines without patterns',
    ]);
  });
});

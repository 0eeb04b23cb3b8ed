import { imported, refused } from '../importing.js';

const INI = `# my machines
jump ansible_host=198.51.100.9 ansible_user=root

[edge]
vps ansible_host=198.51.100.25 ansible_user="root" ansible_port=2222  # Frankfurt

[home]
web[01:02].lan ansible_user=ops
nas:2022 ansible_host=192.168.15.9 ansible_password='hunter2'

[home:vars]
ansible_ssh_common_args='-o ProxyJump=root@198.51.100.25:2222'
ansible_ssh_private_key_file = ~/.ssh/home

[prod:children]
edge
home

[prod:vars]
ansible_become_password={{ vault_pw }}
ansible_user=prod
`;

const YAML = `all:
  hosts:
    jump: { ansible_host: 198.51.100.9, ansible_user: root }
  children:
    prod:
      vars: { ansible_become_password: hunter2, ansible_user: prod }
      children:
        edge:
          hosts:
            vps: { ansible_host: 198.51.100.25, ansible_user: root, ansible_port: 2222 }
        home:
          hosts:
            web01.lan: { ansible_user: ops }
            web02.lan: { ansible_user: ops }
            nas: { ansible_host: 192.168.15.9, ansible_port: 2022 }
          vars:
            ansible_ssh_common_args: -o ProxyJump=root@198.51.100.25:2222
            ansible_ssh_private_key_file: ~/.ssh/home
`;

const LINES = [
  'home:',
  '  subnet: 192.168.15.0/24',
  'jump: { public: 198.51.100.9, ssh: { user: root } }',
  'vps: { role: edge, public: 198.51.100.25, ssh: { port: 2222, user: root } }',
  'web01: { role: home, ssh: { host: web01.lan, user: ops, key: ~/.ssh/home, jump: vps } }',
  'web02: { role: home, ssh: { host: web02.lan, user: ops, key: ~/.ssh/home, jump: vps } }',
  'nas:',
  '  role: home',
  '  site: home',
  '  lan: 192.168.15.9',
  '  ssh: { port: 2022, user: prod, key: ~/.ssh/home, jump: vps }',
];

describe('an Ansible inventory', () => {
  it('in INI gives its hosts, with the variables of their groups', () => {
    const { lines, notes, draft } = imported({ 'hosts.ini': INI });
    expect(lines).toEqual(LINES);
    expect(notes).toEqual([
      'hosts.ini:20:1  ansible_become_password is a secret and was not read',
      'hosts.ini:9:1  ansible_password is a secret and was not read',
    ]);
    expect(JSON.stringify(draft)).not.toContain('hunter2');
  });

  it('in YAML gives the same', () => {
    const { lines, notes, draft } = imported({ 'hosts.yml': YAML });
    expect(lines).toEqual(LINES);
    expect(notes).toEqual(['hosts.yml:6:15  ansible_become_password is a secret and was not read']);
    expect(JSON.stringify(draft)).not.toContain('hunter2');
  });

  it.each([
    ['-J vps', 'vps'],
    ['-o ForwardAgent=yes -o ProxyJump=root@jump.example.com', 'root@jump.example.com'],
    ['-o ProxyCommand="ssh -W %h:%p -q ops@198.51.100.7"', 'ops@198.51.100.7'],
    ['-o ProxyJump=none', undefined],
    ['-o ForwardAgent=yes', undefined],
  ])('has the jump host of %s', (args, jump) => {
    const text = JSON.stringify({
      all: { hosts: { a: { ansible_host: '1.2.3.4', ansible_ssh_common_args: args } } },
    });
    expect(imported({ 'x.json': text }).draft.nodes[0]?.ssh?.jump).toBe(jump);
  });

  it('leaves out what is not reached over SSH, and templates', () => {
    const text = 'localhost ansible_connection=local\nwin ansible_connection=winrm\na ansible_user={{me}}\n';
    const { lines, notes } = imported({ hosts: text });
    expect(lines).toEqual(['a: { ssh: { host: a } }']);
    expect(notes).toEqual([
      'hosts:1:1  localhost is connected to by local, not SSH, and was left out',
      'hosts:2:1  win is connected to by winrm, not SSH, and was left out',
      'hosts:3:1  ansible_user is a template and was not read',
    ]);
  });

  it('takes a deeper group before a higher one, and a host before both', () => {
    const text =
      '[outer:vars]\nansible_user=o\nansible_port=1\n[outer:children]\ninner\n[inner:vars]\nansible_user=i\n[inner]\na\nb ansible_user=h\n';
    expect(imported({ hosts: text }).lines).toEqual([
      'a: { role: inner, ssh: { host: a, port: 1, user: i } }',
      'b: { role: inner, ssh: { host: b, port: 1, user: h } }',
    ]);
  });

  it('survives groups in a circle', () => {
    expect(imported({ hosts: '[a:children]\nb\n[b:children]\na\n[b]\nx ansible_user=u\n' }).lines).toEqual([
      'x: { role: b, ssh: { host: x, user: u } }',
    ]);
  });

  it('is refused for what cannot be in an inventory, all at once', () => {
    const text = `[web
[web:var]
[x]
a ansible_port=no
b 'c
c d
d[3:1]
[x:vars]
nothing
`;
    expect(refused({ hosts: `${text}ansible_user=x y\n` })).toEqual([
      'hosts:1:1  is not a section header; write [GROUP], [GROUP:vars] or [GROUP:children]',
      'hosts:2:1  unknown section [web:var]; write [GROUP], [GROUP:vars] or [GROUP:children]',
      'hosts:5:1  has an unclosed quote; close it',
      'hosts:6:1  has a word after c that is not a variable; write NAME=VALUE',
      'hosts:7:1  d[3:1] is not a range of hosts; write it as web[01:20] or db-[a:f]',
      'hosts:9:1  is not a variable; write NAME=VALUE',
      'hosts:4:1  port of a: "no" is not a port; write 1 to 65535',
      `hosts:10:1  user of a: "x y" can't be in an inventory; a login has letters, digits, '_', '.' and '-', and begins with a letter or '_'`,
      `hosts:10:1  user of c: "x y" can't be in an inventory; a login has letters, digits, '_', '.' and '-', and begins with a letter or '_'`,
    ]);
  });

  it('must have hosts', () => {
    expect(refused({ hosts: '[web]\n' })).toEqual(['hosts  has no hosts; add a host to a group']);
    expect(refused({ 'hosts.yml': 'all:\n  hosts:\nweb: 5\n' })).toEqual([
      'hosts.yml:3:1  is not a group; write hosts, children or vars below it',
      'hosts.yml  has no hosts; add a host to a group',
    ]);
  });
});

import { imported, refused } from './importing.js';

const ini = (text: string) => `[all]\n${text}\n`;

describe('machines of several sources', () => {
  it('of one name are one, and the first has the say', () => {
    const { lines, notes } = imported({
      'a.ini': ini('web_1 ansible_host=198.51.100.1 ansible_user=root'),
      'b.ini': ini('web-1 ansible_host=192.168.1.1 ansible_user=ops ansible_port=22'),
    });
    expect(lines.slice(2)).toEqual([
      'web-1: { site: home, lan: 192.168.1.1, public: 198.51.100.1, ssh: { user: root } }',
    ]);
    expect(notes).toEqual(['b.ini:2:1  user of web_1 is ops here, and root in a.ini:2; root was imported']);
  });

  it('at one address are one, which is said', () => {
    const { lines, notes } = imported({
      'a.ini': ini('alpha ansible_host=198.51.100.1'),
      config: 'Host beta\n  HostName 198.51.100.1\n',
    });
    expect(lines).toEqual(['alpha: { public: 198.51.100.1 }']);
    expect(notes).toEqual([
      'config:1:1  beta is alpha of a.ini:2 under another name: both are 198.51.100.1; they are one machine, alpha, in the inventory',
    ]);
  });

  it('at one address are several where port or jump host differ', () => {
    const { draft } = imported({
      'a.ini': ini(`a ansible_host=198.51.100.1 ansible_port=2201
b ansible_host=198.51.100.1 ansible_port=2202
c ansible_host=192.168.1.1 ansible_ssh_common_args="-J a"
d ansible_host=192.168.1.1 ansible_ssh_common_args="-J b"`),
    });
    expect(draft.nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('in one file are two if their names only look alike after normalizing', () => {
    const { draft } = imported({
      'a.ini': ini('web_1 ansible_host=198.51.100.1\nweb-1 ansible_host=198.51.100.2'),
    });
    expect(draft.nodes.map(({ name }) => name)).toEqual(['web-1', 'web-1-2']);
  });

  it('of one name at two public addresses are a problem', () => {
    expect(
      refused({
        'a.ini': ini('web ansible_host=198.51.100.1'),
        'b.ini': ini('web ansible_host=198.51.100.2'),
      }),
    ).toEqual([
      'b.ini:2:1  web is 198.51.100.2 here, and 198.51.100.1 in a.ini:2; rename one if they are two machines, or correct one',
    ]);
  });

  it('jump through each other by name', () => {
    const { draft } = imported({
      'a.ini': ini(`gw ansible_host=198.51.100.1 ansible_port=2222 ansible_user=root
a ansible_host=a.lan ansible_ssh_common_args="-J root@198.51.100.1:2222"
b ansible_host=b.lan ansible_ssh_common_args="-J ops@198.51.100.1:2222"
c ansible_host=c.lan ansible_ssh_common_args="-J gw"`),
    });
    expect(draft.nodes.map(({ ssh }) => ssh?.jump)).toEqual([undefined, 'gw', 'ops@198.51.100.1:2222', 'gw']);
  });

  it('have every problem of every source listed', () => {
    expect(
      refused({ 'a.ini': ini('a ansible_port=0'), 'b.json': '{"a": {"hosts": {"x": 1, "x": 2}}}' }),
    ).toEqual([
      'a.ini:2:1  port of a: "0" is not a port; write 1 to 65535',
      'b.json:1:26  a.hosts.x: duplicate key (first on line 1); keep one of them',
    ]);
  });
});

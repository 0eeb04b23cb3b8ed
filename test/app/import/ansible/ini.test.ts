import { readIni } from '../../../../src/app/import/ansible/ini.js';
import { Found } from '../../../../src/app/import/found.js';

const hosts = (text: string) => [...readIni({ file: 'hosts', text }, new Found()).hosts.keys()];

describe('hosts in INI', () => {
  it.each([
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[08:10].lan', ['web08.lan', 'web09.lan', 'web10.lan']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['x[0:6:3]', ['x0', 'x3', 'x6']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]:2222', ['2001:db8::1']],
    ['r[1:2]n[a:b]', ['r1na', 'r1nb', 'r2na', 'r2nb']],
  ])('%s are %j', (pattern, names) => {
    expect(hosts(pattern)).toEqual(names);
  });

  it('are not expanded without end', () => {
    const found = new Found();
    readIni({ file: 'hosts', text: 'a[1:999999]\nb[1:200]x[1:200]' }, found);
    expect(found.problems).toHaveLength(2);
  });
});

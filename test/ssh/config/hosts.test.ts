import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHome } from '../../../src/ssh/config/home.js';
import { configHosts } from '../../../src/ssh/config/hosts.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bridgehead-hosts-'));
  mkdirSync(join(home, '.ssh/conf.d'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

const hosts = (config?: string) => {
  if (config !== undefined) writeFileSync(join(home, '.ssh/config'), config);
  return configHosts(createHome({}, home));
};

describe('the hosts of ~/.ssh/config', () => {
  it('are those named one by one, each once and in order', () => {
    const config = `# Host commented
Host edge ms-1
  HostName 198.51.100.25
host = wk-1
Host *.example.com !bastion wk-?
Host edge
Match host x
  User git
Host "wk-2"
`;
    expect(hosts(config)).toEqual(['edge', 'ms-1', 'wk-1', 'wk-2']);
  });

  it('leave out services that are logged into as git', () => {
    expect(hosts('Host github.com\n  User git\nHost vps\n  User root\n')).toEqual(['vps']);
  });

  it('leave out services by their address, and by what a pattern says of them', () => {
    const config = 'Host gh\n  HostName github.com\nHost code.lan\nHost vps\nHost *.lan\n  User git\n';
    expect(hosts(config)).toEqual(['vps']);
  });

  it('come from files that include each other, once', () => {
    for (const name of ['a', 'b', 'c'])
      writeFileSync(join(home, '.ssh/conf.d', name), `Include conf.d/*\nHost ${name}\n`);
    expect(hosts('Host vps\nInclude conf.d/*\n').toSorted()).toEqual(['a', 'b', 'c', 'vps']);
  });

  it('come from included files, too, and from one that includes itself', () => {
    writeFileSync(join(home, '.ssh/conf.d/home'), 'Host nas\nInclude conf.d/home\n');
    expect(hosts('Include conf.d/*\nHost vps\n')).toEqual(['nas', 'vps']);
  });

  it('are none without a file', () => {
    expect(hosts()).toEqual([]);
  });
});

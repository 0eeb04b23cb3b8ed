import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { saysTheSameOfAllHosts } from '../../../src/ssh/config/scope.js';
import { folder } from '../support/folder.js';

/** A folder with these files in it; `HOME` in a text is the folder itself. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const path = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text.replaceAll('HOME', path));
  }
  return path;
}

/** What is said of a home's ~/.ssh/config, given by `-F`, beside which other files stand. */
function ofConfig(config: string | Buffer, others: Readonly<Record<string, string>> = {}) {
  const path = folderWith({ '.ssh/config': '', ...others });
  writeFileSync(join(path, '.ssh/config'), config);
  return ofHome(path, join(path, '.ssh/config'));
}

function ofHome(path: string, file?: string, system?: string) {
  return saysTheSameOfAllHosts({ path, passwd: path, env: {} }, file, system);
}

const PARTICULAR = 'Host edge\n User ops\n';

describe('a configuration file says the same of all hosts', () => {
  it.each([
    [''],
    ['\n \t\n'],
    ['# Host edge\n\t# 100%\n'],
    ['User ops\nPort 2200\nIdentityFile ~/.ssh/id\n'],
    ['Host *\n User ops\n'],
    ['host *\n'],
    ['HOST\t*\t\n'],
    ['Host=*'],
    ['Host = *'],
    ['Host "*"'],
    ['  Host="*"  '],
    ['Host *\r\n  User ops\r\n\r\n'],
    ['CanonicalizeHostname no\n'],
    ['canonicalizehostname="no"\n'],
    ['CanonicalDomains example.net\n'],
    ['Include missing\n'],
    ['Include missing/*.conf\n'],
  ])('%j', async (config) => {
    expect(await ofConfig(config)).toBe(true);
  });

  it.each([
    [PARTICULAR],
    ['Host=edge'],
    ['hOsT edge'],
    ['"Host" edge'],
    ['Ho"st" edge'],
    ['=Host edge'],
    ['Host'],
    ['Host *.example.net'],
    ['Host !edge *'],
    ['Host * *'],
    ['Host * edge'],
    ['Host * # all'],
    ['Host == *'],
    ['Host "*'],
    ["Host '*'"],
    ['Host *\u00a0'],
    ['User ops\r\n\tHost edge\r\n'],
    ['Match all'],
    ['match host edge'],
    ['Match=final'],
    ['HostName 10.0.0.1'],
    ['HostName=%h.example.net'],
    ['UserKnownHostsFile ~/.ssh/known.%h'],
    ['ControlPath ~/.ssh/%%'],
    ['User ops # 100%'],
    ['CanonicalizeHostname yes'],
    ['CanonicalizeHostname=always'],
    ['CanonicalizeHostname'],
    ['CanonicalizePermittedCNAMEs *:*.example.net'],
    ['ProxyJump bastion'],
    ['proxyjump none'],
    ['\ufeffHost *'],
    ['\fHost *'],
    ['\0'],
    ['garbage'],
  ])('but not %j', async (config) => {
    expect(await ofConfig(config)).toBe(false);
  });
});

describe('Include is followed', () => {
  it.each([
    ['Include more', 'more'],
    ['include=more', 'more'],
    ['Include "more"', 'more'],
    ['Include "with space"', 'with space'],
    ['Include other more', 'more'],
    ['Host *\n Include more', 'more'],
    ['Include conf.d/*', 'conf.d/x'],
    ['Include conf.d/*.conf', 'conf.d/x.conf'],
    ['Include conf.d/?.conf', 'conf.d/é.conf'],
    ['Include conf.d/a*b?c', 'conf.d/a-b-c'],
    ['Include ~/.ssh/more', 'more'],
    ['Include ~/.ssh/conf.d/*', 'conf.d/x'],
    ['Include HOME/.ssh/more', 'more'],
    ['Include ../.ssh/more', 'more'],
  ])('by %j', async (config, name) => {
    const inHome = (text: string) => folderWith({ '.ssh/config': config, [`.ssh/${name}`]: text });
    const ask = (path: string) => ofHome(path, join(path, '.ssh/config'));
    expect(await ask(inHome(PARTICULAR))).toBe(false);
    expect(await ask(inHome('User ops\n'))).toBe(true);
  });

  it.each([
    ['Include'],
    ['Include ""'],
    ['Include "more'],
    ['Include mo"re"'],
    ["Include 'more'"],
    ['Include mo\\re'],
    ['Include [m]ore'],
    ['Include */more'],
    ['Include ~*/more'],
    ['Include ~root/more'],
    ['Include ~'],
    ['Include $HOME/more'],
    ['Include more # and no other'],
    ['Include %d/more'],
    ['Include folder'],
    ['Include more\0'],
    ['Include more\f'],
    ['Include more\rmore'],
    ['Include loop'],
    ['Include more/below'],
    [Buffer.from('Include m\xf6re', 'latin1')],
  ])('but not by %j', async (config) => {
    const path = folderWith({ '.ssh/more': '', '.ssh/folder/x': '' });
    symlinkSync('loop', join(path, '.ssh/loop'));
    writeFileSync(join(path, '.ssh/config'), config);
    expect(await ofHome(path, join(path, '.ssh/config'))).toBe(false);
  });

  it('to no file that the pattern leaves out', async () => {
    expect(await ofConfig('Include c*.conf', { '.ssh/id': PARTICULAR, '.ssh/c.conf': '' })).toBe(true);
  });

  it('into 16 files, one within the other, and no deeper', async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [`.ssh/${at + 1}`, at + 1 < length ? `Include ${at + 2}\n` : '']),
      );
    expect(await ofConfig('Include 1', chain(16))).toBe(true);
    expect(await ofConfig('Include 1', chain(17))).toBe(false);
    expect(await ofConfig('Include config')).toBe(false);
  });

  it('from $HOME, if that is not the home of the passwd entry', async () => {
    const path = folderWith({ '.ssh/config': 'Include more', '.ssh/more': PARTICULAR });
    const ask = (HOME?: string) =>
      saysTheSameOfAllHosts({ path, passwd: folder(), env: { HOME } }, join(path, '.ssh/config'));
    expect(await ask(path)).toBe(false);
    expect(await ask()).toBe(true);
  });
});

describe('the files that ssh reads', () => {
  const system = { harmless: 'Include conf.d/*.conf\nHost *\n SendEnv LANG\n', particular: PARTICULAR };

  it.each([
    ['both harmless', 'User ops\n', { ssh_config: system.harmless }, true],
    ['the user’s not there', undefined, { ssh_config: system.harmless }, true],
    ['the system’s not there', 'User ops\n', {}, false],
    ['the user’s particular', PARTICULAR, { ssh_config: system.harmless }, false],
    ['the system’s particular', '', { ssh_config: system.particular }, false],
    ['what the system’s includes', '', { ssh_config: system.harmless, 'conf.d/a.conf': PARTICULAR }, false],
  ])('%s', async (_name, config, files, expected) => {
    const path = folderWith(config === undefined ? {} : { '.ssh/config': config });
    expect(await ofHome(path, undefined, folderWith(files))).toBe(expected);
  });

  it('are the one given by -F and no other', async () => {
    const path = folderWith({ '.ssh/config': PARTICULAR, harmless: '' });
    const particular = folderWith({ ssh_config: PARTICULAR });
    expect(await ofHome(path, join(path, 'harmless'), particular)).toBe(true);
    expect(await ofHome(path, 'none', particular)).toBe(true);
  });

  it('may be something that can’t be read', async () => {
    const path = folderWith({ '.ssh/config/x': '' });
    expect(await ofHome(path, join(path, '.ssh/config'))).toBe(false);
    expect(await ofHome(path, join(path, '.ssh/config/x/y'))).toBe(false);
  });
});

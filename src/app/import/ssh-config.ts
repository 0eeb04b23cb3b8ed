import {
  type Block,
  blocksOf,
  type ConfigLine,
  hostNameOf,
  isService,
  namedHosts,
  settingsOf,
} from '../../ssh/config/blocks.js';
import type { Found, Machine, Place } from './found.js';
import { loginOf, type Written } from './login.js';
import type { Source } from './source.js';

/** Reads the hosts that an ssh_config names without patterns; patterns add settings to them, as in ssh. */
export function readSshConfig(source: Source, found: Found): void {
  const { file } = source;
  const blocks = blocksOf(source);
  for (const block of blocks) noteUnread(block, found);
  const hosts = namedHosts(blocks);
  for (const { name, at } of hosts) {
    const settings = settingsOf(name, blocks);
    if (isService(name, settings))
      found.note(at, `${name} is a Git service, not a machine, and was left out`);
    else found.machines.push(toMachine(name, at, settings, found));
  }
  if (hosts.length === 0) {
    found.problem({ file }, 'names no host', 'hosts are taken from "Host NAME" lines without patterns');
  }
}

function noteUnread({ patterns, lines }: Block, found: Found): void {
  const [head] = lines;
  if (patterns === undefined && head !== undefined)
    found.note(head.at, 'a Match block was not read', 'check what it sets for the hosts');
  for (const { at, written } of lines.filter(({ keyword }) => keyword === 'include'))
    found.note(at, `Include ${written} was not followed`, 'import that file as well to get its hosts');
}

function toMachine(
  name: string,
  at: Place,
  settings: ReadonlyMap<string, ConfigLine>,
  found: Found,
): Machine {
  const get = (keyword: string): Written | undefined => {
    const line = settings.get(keyword);
    return line && line.value !== 'none' ? { text: line.value, at: line.at } : undefined;
  };
  const host = { text: hostNameOf(name, settings), at: get('hostname')?.at ?? at };
  const proxy = get('proxycommand');
  if (proxy) found.note(proxy.at, `the ProxyCommand of ${name} was not read`, 'write a jump host instead');
  const identity = get('identityfile');
  const login = {
    host,
    port: get('port'),
    user: get('user'),
    key: identity && { ...identity, text: identity.text.replace(/^%d(?=\/)/, '~') },
    jump: get('proxyjump'),
  };
  return { name, at, ...loginOf(name, login, found) };
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Found, Machine, Place } from '../found.js';
import { loginOf, type Written } from '../login.js';
import { dataOf, type Source } from '../source.js';
import type { Variables } from './groups.js';
import { readIni } from './ini.js';
import { PREFIX, readOwn } from './own-variables.js';
import { readTree } from './tree.js';

const SECRETS =
  /^ansible_(password|ssh_pass(word)?|ssh_private_key|become_pass(word)?|sudo_pass(word)?|su_pass(word)?|ssh_private_key_passphrase)$/;
const SSH = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'libssh'];

/** Reads an Ansible inventory, in INI, YAML or JSON. */
export function readAnsible(source: Source, found: Found): void {
  const data = dataOf(source)?.value;
  const isTree = data !== undefined && data !== null && typeof data === 'object' && !Array.isArray(data);
  const groups = isTree || /^\s*\{/.test(source.text) ? readTree(source, found) : readIni(source, found);
  for (const folder of ['group_vars', 'host_vars'].filter((name) =>
    existsSync(join(dirname(source.file), name)),
  )) {
    const fix = `import what \`ansible-inventory -i ${source.file} --list\` prints instead`;
    found.note({ file: source.file }, `${folder} next to it was not read`, fix);
  }
  if (groups.hosts.size === 0) found.problem({ file: source.file }, 'has no hosts', 'add a host to a group');
  for (const [name, { at }] of groups.hosts) {
    const machine = toMachine(name, at, groups.variablesOf(name), found);
    if (machine === undefined) continue;
    const own = groups.groupsOf(name).filter((group) => !isGeneral(group));
    const role =
      machine.node?.role ?? (own.length === 1 ? own[0]?.toLowerCase().replaceAll('_', '-') : undefined);
    const isRole = role !== undefined && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(role);
    found.machines.push(isRole ? { ...machine, node: { ...machine.node, role } } : machine);
  }
}

/** Groups that don't say what a machine is for; sites and networks are groups of our own export. */
const isGeneral = (group: string): boolean =>
  ['all', 'ungrouped'].includes(group) || /^(site|network|role)_/.test(group);

function toMachine(name: string, at: Place, vars: Variables, found: Found): Machine | undefined {
  const text = (...names: string[]): Written | undefined => plainText(vars, names, found);
  for (const [key, variable] of vars) {
    if (SECRETS.test(key)) found.note(variable.at, `${key} is a secret and was not read`);
  }
  const connection = text('ansible_connection')?.text ?? 'ssh';
  if (!SSH.includes(connection)) {
    found.note(at, `${name} is connected to by ${connection}, not SSH, and was left out`);
    return undefined;
  }
  const login = loginOf(
    name,
    {
      host: text('ansible_host', 'ansible_ssh_host') ?? { text: name, at },
      port: text('ansible_port', 'ansible_ssh_port'),
      user: text('ansible_user', 'ansible_ssh_user'),
      key: text('ansible_ssh_private_key_file', 'ansible_private_key_file'),
      jump:
        text(`${PREFIX}jump`) ??
        jumpOf(text('ansible_ssh_common_args')) ??
        jumpOf(text('ansible_ssh_extra_args')),
    },
    found,
  );
  const own = readOwn(name, vars, found);
  return { name, at, ...login, ...own, ssh: { ...login.ssh, ...own.ssh } };
}

/** The first of these variables that is set; numbers as text. Templates can't be read without Ansible. */
function plainText(vars: Variables, names: readonly string[], found: Found): Written | undefined {
  const name = names.find((one) => vars.has(one)) ?? '';
  const { value, at } = vars.get(name) ?? {};
  if (at === undefined || value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'object' ? undefined : String(value);
  if (text !== undefined && !text.includes('{{')) return { text, at };
  found.note(at, `${name} is ${text === undefined ? 'not text' : 'a template'} and was not read`);
  return undefined;
}

/** The jump hosts in `-J a`, `-o ProxyJump=a` or `ssh -W %h:%p a`; other arguments are ignored. */
function jumpOf(args: Written | undefined): Written | undefined {
  const [, text] =
    /(?:^|\s)-J\s*["']?([^\s"']+)/.exec(args?.text ?? '') ??
    /ProxyJump[=\s]\s*["']?([^\s"']+)/i.exec(args?.text ?? '') ??
    /-W\s*["']?%h:%p["']?\s+(?:-\S+\s+)*["']?([^\s"'-][^\s"']*)/.exec(args?.text ?? '') ??
    [];
  return args && text !== undefined ? { text, at: args.at } : undefined;
}

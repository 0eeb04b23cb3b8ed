import type { Path, Plain, YamlDocument } from '../../../document/index.js';
import { at, entriesOf, field } from '../fields.js';
import type { Found } from '../found.js';
import { documentOf, has, type Source } from '../source.js';
import { Groups, type Variables } from './groups.js';

interface Reading {
  readonly document: YamlDocument<Plain>;
  readonly groups: Groups;
  readonly found: Found;
}

/** Reads an inventory in Ansible's YAML format, or what `ansible-inventory --list` prints for any (JSON, or YAML with -y). */
export function readTree(source: Source, found: Found): Groups {
  const document = documentOf(source);
  const reading = { document, groups: new Groups(), found };
  for (const [name, group] of entriesOf(document.value)) {
    if (name === '_meta') continue;
    readGroup(reading, name, group, [name]);
  }
  for (const [host, vars] of entriesOf(field(document.value, ['_meta', 'hostvars']))) {
    const path = ['_meta', 'hostvars', host];
    setAll(reading, reading.groups.host(host, at(document, path)), vars, path);
  }
  return reading.groups;
}

function readGroup(reading: Reading, name: string, value: Plain, path: Path): void {
  const { document, groups, found } = reading;
  const group = groups.group(name);
  if (
    value !== null &&
    entriesOf(value).length === 0 &&
    (typeof value !== 'object' || Array.isArray(value))
  ) {
    found.problem(at(document, path), 'is not a group', 'write hosts, children or vars below it');
    return;
  }
  setAll(reading, group.vars, field(value, ['vars']), [...path, 'vars']);
  for (const [host, vars, inner] of membersOf(value, 'hosts', path)) {
    group.hosts.add(host);
    setAll(reading, groups.host(host, at(document, inner)), vars, inner);
  }
  for (const [child, inside, inner] of membersOf(value, 'children', path)) {
    group.children.add(child);
    if (has(inside, 'hosts') || has(inside, 'children') || has(inside, 'vars')) {
      readGroup(reading, child, inside, inner);
    }
  }
}

/** Mappings by name in YAML, lists of names in JSON. */
function membersOf(group: Plain, key: string, path: Path): [string, Plain, Path][] {
  const members = field(group, [key]);
  if (!Array.isArray(members)) {
    return entriesOf(members).map(([name, value]) => [name, value, [...path, key, name]]);
  }
  return members.flatMap((name, i) =>
    typeof name === 'string' ? [[name, null, [...path, key, i]] as [string, Plain, Path]] : [],
  );
}

function setAll({ document }: Reading, into: Variables, vars: Plain | undefined, path: Path): void {
  for (const [key, value] of entriesOf(vars)) into.set(key, { value, at: at(document, [...path, key]) });
}

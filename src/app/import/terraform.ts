import type { Path, Plain, YamlDocument } from '../../document/index.js';
import { isAddress } from '../../model/address.js';
import { at, entriesOf, field } from './fields.js';
import type { Found, Machine } from './found.js';
import { isInside } from './places.js';
import { documentOf, type Source } from './source.js';

/** Attributes of hcloud_server, oci_core_instance, digitalocean_droplet and the like, and what people name outputs. */
const NAMES = ['name', 'display_name', 'hostname', 'hostname_label'];
const ADDRESSES = [
  ...[
    'ipv4_address',
    'ipv6_address',
    'ipv4_address_private',
    'public_ip',
    'private_ip',
    'public_ipv4',
    'public_ipv6',
  ],
  ...[
    'private_ipv4',
    'private_ip_address',
    'public_ip_address',
    'ipv4',
    'ipv6',
    'ip',
    'ip_address',
    'address',
  ],
];
const USERS = ['ssh_user', 'user', 'username', 'admin_username'];
/** Words in an output's name that describe its value and not a machine. */
const SUFFIX =
  /[_-]?(public|private|external|internal|floating|reserved|server|instance|droplet|host|node|ssh)?[_-]?(ipv?[46]?s?|ip|address(es)?|hosts?)([_-]?(address(es)?|v?[46]|public|private))*$/i;

interface Reading {
  readonly document: YamlDocument<Plain>;
  readonly found: Found;
  readonly byName: Map<string, Machine>;
}

/** Reads `terraform output -json` (or `tofu`): what looks like a machine, or like the address of one, in any output. */
export function readTerraform(source: Source, found: Found): void {
  const document = documentOf(source);
  const reading = { document, found, byName: new Map<string, Machine>() };
  for (const [name, output] of entriesOf(document.value)) {
    const path = [name, 'value'];
    if (field(output, ['sensitive']) === true) {
      found.note(at(document, [name]), `output ${name} is sensitive and was not read`);
    } else {
      walk(reading, field(output, ['value']) ?? null, path, name.replace(SUFFIX, '') || name);
    }
  }
  if (reading.byName.size === 0) {
    const fix = 'add an output such as { for s in hcloud_server.all : s.name => s.ipv4_address }';
    found.problem({ file: source.file }, 'no output has the address of a machine', fix);
  }
  found.machines.push(...reading.byName.values());
}

/** `name` is the value's name so far: that of its output, or its key in a map. */
function walk(reading: Reading, value: Plain, path: Path, name: string): void {
  if (typeof value === 'string') {
    if (isAddress(bare(value))) add(reading, path, name, [value]);
  } else if (Array.isArray(value)) {
    const only = value.length === 1;
    for (const [i, one] of value.entries())
      walk(reading, one, [...path, i], only ? name : `${name}-${i + 1}`);
  } else if (isMachine(value)) {
    const own = NAMES.map((key) => field(value, [key])).find((one) => typeof one === 'string' && one !== '');
    const addresses = ADDRESSES.flatMap((key) => texts(field(value, [key])));
    const user = USERS.map((key) => field(value, [key])).find((one) => typeof one === 'string');
    add(
      reading,
      path,
      typeof own === 'string' ? own : name,
      addresses,
      typeof user === 'string' ? user : undefined,
    );
  } else {
    for (const [key, one] of entriesOf(value)) walk(reading, one, [...path, key], key);
  }
}

function isMachine(value: Plain): boolean {
  return ADDRESSES.some((key) => texts(field(value, [key])).some((text) => isAddress(bare(text))));
}

/** Several outputs may each have an address of the same machine: `edge_ipv4` and `edge_ipv6`. */
function add(reading: Reading, path: Path, name: string, written: readonly string[], user?: string): void {
  const { document, found, byName } = reading;
  const place = at(document, path);
  const known = byName.get(name);
  const addresses = written
    .map(bare)
    .filter((text) => isAddress(text))
    .flatMap((text) => found.address(place, text) ?? []);
  const all = [...new Set([...(known?.addresses ?? []), ...addresses])];
  const outside = all.filter((address) => !isInside(address));
  const inside = all.filter(isInside);
  if (outside.length > 0 && inside.length > 0) {
    found.note(place, `${name} is also ${inside.join(', ')} in a private network, which was left out`);
  }
  const login = user === undefined ? undefined : found.fitting(place, 'user', user, 'user');
  byName.set(name, {
    name,
    at: known?.at ?? place,
    ssh: { ...known?.ssh, ...(login !== undefined && { user: login }) },
    addresses: outside.length > 0 ? outside : inside,
  });
}

const texts = (value: Plain | undefined): string[] =>
  [value].flat().filter((one) => typeof one === 'string' && one !== '') as string[];

const bare = (text: string): string => text.replace(/\/(32|128)$/, '');

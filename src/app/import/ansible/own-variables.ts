import type { Plain } from '../../../document/index.js';
import { type Parsed, parseAddress, parseRange } from '../../../model/parse-address.js';
import type { DraftForward, DraftSite } from '../../draft/draft.js';
import { field } from '../fields.js';
import type { Found, Machine, Place } from '../found.js';
import type { Variables } from './groups.js';

/** The prefix of the variables in which our own export writes what Ansible has no variable for. */
export const PREFIX = 'bridgehead_';

type Own = Pick<Machine, 'ssh' | 'node' | 'site'>;

/** What our own export writes about a host in addition to Ansible's own variables; nothing in any other inventory. */
export function readOwn(host: string, vars: Variables, found: Found): Own {
  const read = new Reader(host, vars, found);
  const site = read.text('site', 'name');
  const subnets = read.list('subnet', parseRange);
  const hostKeys = read.list('host_key');
  const passwordFile = read.text('sudo_password_file', 'key');
  const sudo = read.choice('sudo', ['auto', 'passwordless', 'password']);
  const release = read.choice('release', ['bookworm', 'trixie']);
  const role = read.text('role', 'name');
  const lan = read.list('lan', parseAddress);
  const publicly = read.list('public', parseAddress);
  return {
    ssh: {
      ...(hostKeys && { hostKeys }),
      ...(sudo && { sudo }),
      ...(passwordFile && { sudoPasswordFile: passwordFile }),
    },
    node: {
      ...(role && { role }),
      ...(site && { site }),
      ...(lan && { lanAddresses: lan }),
      ...(publicly && { publicAddresses: publicly }),
      ...(release && { release }),
    },
    ...(site && subnets && { site: siteOf(site, subnets, read) }),
  };
}

function siteOf(name: string, subnets: readonly string[], read: Reader): DraftSite {
  const [router] = read.list('router', parseAddress) ?? [];
  const publicly = read.list('router_public', parseAddress);
  const nat = read.choice('nat', [true, false]);
  return {
    name,
    subnets,
    ...(router !== undefined && { router }),
    ...(publicly && { publicAddresses: publicly }),
    ...(nat === false && { nat }),
    forwards: read.forwards(),
  };
}

class Reader {
  constructor(
    private readonly host: string,
    private readonly vars: Variables,
    private readonly found: Found,
  ) {}

  text(key: string, rule: 'name' | 'key'): string | undefined {
    const { value, at, what } = this.#get(key);
    if (value === undefined) return undefined;
    return this.found.fitting(at, what, String(value), rule);
  }

  choice<T extends string | boolean>(key: string, choices: readonly T[]): T | undefined {
    const { value, at, what } = this.#get(key);
    if (value === undefined) return undefined;
    const chosen = choices.find((one) => one === value);
    if (chosen === undefined) this.found.problem(at, `${what}: must be ${choices.join(', ')}`);
    return chosen;
  }

  /** One text or a list of them. */
  list(key: string, parse?: (text: string) => Parsed): string[] | undefined {
    const { value, at, what } = this.#get(key);
    if (value === undefined) return undefined;
    return [value].flat().flatMap((one) => {
      if (typeof one !== 'string') {
        this.found.problem(at, `${what}: must be text, or a list of texts`);
        return [];
      }
      const parsed = parse?.(one) ?? { ok: true, text: one };
      if (parsed.ok) return [parsed.text];
      this.found.problem(at, `${what}: ${one} ${parsed.message}`, parsed.fix);
      return [];
    });
  }

  forwards(): DraftForward[] {
    const { value, at, what } = this.#get('forwards');
    return (Array.isArray(value) ? value : []).flatMap((one): DraftForward[] => {
      const [node, protocol = 'udp'] = [field(one, ['node']), field(one, ['protocol'])];
      const port = this.found.port(at, `${what}: port`, String(field(one, ['port'])));
      const nodePort = this.found.port(at, `${what}: nodePort`, String(field(one, ['nodePort']) ?? port));
      if (typeof node === 'string' && port && nodePort && (protocol === 'udp' || protocol === 'tcp')) {
        return [{ port, node, nodePort, protocol }];
      }
      this.found.problem(at, `${what}: must be a list of { port, node, nodePort, protocol }`);
      return [];
    });
  }

  #get(key: string): { value: Plain | undefined; at: Place; what: string } {
    const name = `${PREFIX}${key}`;
    const variable = this.vars.get(name);
    return {
      value: variable?.value ?? undefined,
      at: variable?.at ?? { file: '' },
      what: `${name} of ${this.host}`,
    };
  }
}

import { dirname, resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory, Node } from '../../model/inventory.js';
import { type Address, checkAddress, parseDestination } from './address.js';
import { expandPath, type Home } from './home.js';
import type { Hop } from './hop.js';
import { SshConfigReader } from './reader.js';
import type { SshConfig } from './ssh-config.js';

interface Stop extends Address {
  /** Equal names are the same stop. */
  readonly name: string;
  readonly node?: Node | undefined;
}

/** Finds the way to each node, asking ~/.ssh/config once per machine. */
export class RouteFinder {
  readonly #inventory: Inventory;
  readonly #home: Home;
  readonly #reader: SshConfigReader;
  readonly #configs = new Map<string, Promise<SshConfig>>();

  constructor(inventory: Inventory, home: Home) {
    this.#inventory = inventory;
    this.#home = home;
    this.#reader = new SshConfigReader(home);
  }

  /** Fails with E_SSH_CONFIG for an invalid SSH destination, a circle of jump hosts or a ProxyCommand. */
  hopTo(node: Node): Promise<Hop> {
    return this.#hop(nodeStop(node), []);
  }

  /** A stop without its own `via` is reached as its settings say. */
  async #hop(stop: Stop, trail: readonly string[], via?: Hop): Promise<Hop> {
    if (trail.includes(stop.name)) {
      const circle = [...trail.slice(trail.indexOf(stop.name)), stop.name].join(' -> ');
      throw new BridgeheadError('E_SSH_CONFIG', `the jump hosts form a loop: ${circle}`, {
        node: trail[0],
        fix: 'connect to one of them directly',
      });
    }
    return this.#resolve(stop, [...trail, stop.name], via);
  }

  #config(stop: Stop): Promise<SshConfig> {
    checkAddress(stop, stop.host, stop.name);
    const key = JSON.stringify([stop.host, stop.port, stop.user]);
    const config = this.#configs.get(key) ?? this.#reader.read(stop, stop.name);
    this.#configs.set(key, config);
    return config;
  }

  async #resolve(stop: Stop, trail: readonly string[], over?: Hop): Promise<Hop> {
    const config = await this.#config(stop);
    const via = over ?? (await this.#via(stop, config, trail));
    const settings = stop.node?.ssh;
    const tokens = { host: config.hostname, port: config.port, user: config.user };
    const expand = (path: string) => expandPath(path, this.#home, tokens);
    return {
      id: `${stop.name}${via === undefined ? '' : ` < ${via.id}`}`,
      node: stop.name,
      ...tokens,
      family: config.family,
      hostKeyName: config.hostKeyAlias ?? config.hostname,
      hostKeys: settings?.hostKeys ?? [],
      userKnownHosts: config.userKnownHosts.map(expand),
      globalKnownHosts: config.globalKnownHosts.map(expand),
      key: settings?.key === undefined ? undefined : this.#keyPath(settings.key),
      identityFiles: config.identityFiles.map(expand),
      identitiesOnly: config.identitiesOnly,
      certificates: config.certificates,
      agentSocket: this.#agent(config.identityAgent, expand),
      undeclared: settings === undefined || settings.undeclared,
      via,
    };
  }

  async #via(stop: Stop, config: SshConfig, trail: readonly string[]): Promise<Hop | undefined> {
    if (stop.node?.ssh.jump !== undefined) return this.#hop(this.#stop(stop.node.ssh.jump, stop), trail);
    if (config.proxyJump !== undefined) {
      let via: Hop | undefined;
      for (const text of config.proxyJump.split(',')) {
        const next = this.#stop(text.trim(), stop);
        // `Host *` with a ProxyJump also makes the jump host jump through itself.
        if (via === undefined && isSame(next, stop, config)) return undefined;
        via = await this.#hop(next, trail, via);
      }
      return via;
    }
    if (config.proxyCommand === undefined) return undefined;
    throw new BridgeheadError('E_SSH_CONFIG', `${stop.name} uses a ProxyCommand, which isn't supported`, {
      node: stop.name,
      evidence: `ProxyCommand ${config.proxyCommand}`,
      fix: 'use ProxyJump in ~/.ssh/config, or jump: in the inventory',
    });
  }

  #stop(text: string, from: Stop): Stop {
    const node = atlasOf(this.#inventory).nodes.get(text);
    if (node !== undefined) return nodeStop(node);
    return { ...parseDestination(text, from.name), name: text };
  }

  #keyPath(key: string): string {
    return resolve(dirname(this.#inventory.file), expandPath(key, this.#home));
  }

  #agent(identityAgent: string | undefined, expand: (path: string) => string): string | undefined {
    if (identityAgent === 'none') return undefined;
    if (identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK') {
      return this.#home.env['SSH_AUTH_SOCK'] || undefined;
    }
    if (/^\$\w+$/.test(identityAgent)) return this.#home.env[identityAgent.slice(1)] || undefined;
    return expand(identityAgent);
  }
}

function nodeStop(node: Node): Stop {
  const { host, port, user } = node.ssh;
  return { name: node.name, node, host, port, user };
}

function isSame(next: Stop, stop: Stop, config: SshConfig): boolean {
  if (next.name === stop.name) return true;
  const sameHost = next.host === stop.host || next.host === config.hostname;
  return sameHost && (next.port ?? config.port) === config.port;
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePreconditions } from '../../../src/lab/host/preconditions.js';
import type { GateContext, Verdict } from '../../../src/layers/gate.js';
import { GATE_KINDS } from '../../../src/layers/index.js';
import { publicKeyFact } from '../../../src/layers/wireguard/facts.js';
import { forwardingRuleset } from '../../../src/layers/wireguard/forwarding/table.js';
import { peersOf, routesOf } from '../../../src/layers/wireguard/overlay/peers.js';
import { hostPort, hostRoute } from '../../../src/model/address.js';
import type { Inventory, Network } from '../../../src/model/inventory.js';
import { forwardsPackets } from '../../../src/model/shape.js';
import { execute } from '../../../src/remote/execute.js';
import { type AskedGate, gateFragments, gateReplies } from '../../../src/runner/gates/question.js';
import { LocalConnection } from '../../support/local-transport.js';
import { askedGate, verdictOn } from '../../support/verdict-on.js';

export interface Asked {
  readonly kind: string;
  readonly params?: object;
  readonly patience?: number;
}

const TOOLS = { ip: 'iproute2', nft: 'nftables', wg: 'wireguard-tools', 'wireguard-go': 'wireguard-go' };

/** 50 ms and more apart: the kernel may still be busy taking down the namespaces of an earlier test. */
const START_TRIES = 400;

/**
 * The home mesh in network namespaces of this test's own: an internet, a router with masquerade and forwards, and a namespace
 * for each node in which wireguard-go runs. No systemd: what needs it is tested on whole machines.
 */
export class GatesWorld {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly #prefix = `bhg${process.pid}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'bhg-'));
  readonly #processes: ChildProcess[] = [];
  readonly #spaces: string[] = [];
  readonly keys = new Map<string, { readonly secret: string; readonly open: string }>();
  #runs = 0;

  constructor(inventory: Inventory) {
    const [network] = inventory.networks;
    if (!network) throw new TypeError('an inventory with a network is needed');
    this.inventory = inventory;
    this.network = network;
  }

  space(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  /** Runs sh in a node's namespace, as on the node itself; throws when it fails. */
  sh(name: string, script: string): string {
    return execFileSync('ip', ['netns', 'exec', this.space(name), 'sh', '-ec', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async up(): Promise<void> {
    await ensurePreconditions({ log: (line) => console.error(line) }, TOOLS);
    mkdirSync('/etc/wireguard', { recursive: true, mode: 0o700 });
    mkdirSync('/run/bridgehead', { recursive: true, mode: 0o700 });
    const { nodes, sites } = this.inventory;
    this.#addSpace('inet');
    this.sh('inet', 'ip link add br0 type bridge; ip link set br0 up');
    for (const site of sites) {
      this.#addSpace(site.name);
      this.#cable(site.name, 'wan0', 'inet', `to-${site.name}`.slice(0, 15));
      this.sh(site.name, 'ip link add br0 type bridge; ip link set br0 up');
      for (const address of site.publicAddresses)
        this.sh(site.name, `ip addr add ${address}/32 dev wan0; ip route add default dev wan0`);
      if (site.router)
        this.sh(site.name, `ip addr add ${site.router}/24 dev br0; echo 1 >/proc/sys/net/ipv4/ip_forward`);
      this.forward(site.name);
    }
    for (const node of nodes) {
      this.#addSpace(node.name);
      const [lan] = node.lanAddresses;
      this.#cable(node.name, 'eth0', node.site ?? 'inet', `to-${node.name}`.slice(0, 15));
      const router = sites.find(({ name }) => name === node.site)?.router;
      if (lan && router)
        this.sh(node.name, `ip addr add ${lan}/24 dev eth0; ip route add default via ${router}`);
      for (const address of node.publicAddresses) {
        const family = address.includes(':') ? 6 : 4;
        const checked = family === 6 ? 'nodad' : '';
        this.sh(
          node.name,
          `ip addr add ${hostRoute(address)} dev eth0 ${checked}; ip -${family} route add default dev eth0`,
        );
      }
    }
    for (const { name } of nodes) this.#makeKey(name);
    for (const { node } of this.network.members) await this.#startWireguard(node);
    for (const { node } of this.network.members)
      if (forwardsPackets(this.inventory, this.network, node)) this.letForward(node);
  }

  /** Lets a node pass on what it should, as its own unit would at boot. */
  letForward(node: string): void {
    const name = this.network.interface;
    const table = `bridgehead_${name}`;
    this.onNode(
      node,
      `echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
cat >/run/bridgehead/${name}.nft <<'END'
${forwardingRuleset(this.inventory, this.network, node)}END
nft -f /run/bridgehead/${name}.nft
{ sha256sum </run/bridgehead/${name}.nft; nft list table inet ${table}; } >/run/bridgehead/${name}.loaded`,
    );
  }

  /** Loads the router's masquerade and forwards, those to the nodes of `without` left out. */
  forward(
    siteName: string,
    without: readonly string[] = [],
    changes: Readonly<Record<string, string>> = {},
  ): void {
    const site = this.inventory.sites.find(({ name }) => name === siteName);
    if (!site) throw new TypeError(`no site ${siteName}`);
    const rules = site.forwards
      .filter(({ node }) => !without.includes(node))
      .map(({ node, port, nodePort }) => {
        const target = changes[node] ?? node;
        const lan = this.inventory.nodes.find(({ name }) => name === target)?.lanAddresses[0];
        return `iifname "wan0" udp dport ${port} dnat ip to ${lan}:${nodePort}`;
      });
    this.#nft(
      site.name,
      `flush ruleset
table inet nat {
chain pre { type nat hook prerouting priority dstnat; ${rules.join('; ')}; }
chain post { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
}
`,
    );
  }

  #nft(name: string, rules: string): void {
    execFileSync('ip', ['netns', 'exec', this.space(name), 'nft', '-f', '-'], {
      input: rules,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
  }

  firewall(name: string, rules: string): void {
    this.#nft(name, `flush ruleset\n${rules}`);
  }

  #addSpace(name: string): void {
    execFileSync('ip', ['netns', 'add', this.space(name)]);
    this.#spaces.push(this.space(name));
    this.sh(
      name,
      'ip link set lo up; for f in all default; do echo 0 >/proc/sys/net/ipv4/conf/$f/rp_filter; echo 1 >/proc/sys/net/ipv4/conf/$f/arp_ignore; done; echo 0 >/proc/sys/net/ipv4/ip_forward',
    );
  }

  /** A cable from a namespace to the bridge of another. */
  #cable(name: string, device: string, to: string, port: string): void {
    this.sh(
      name,
      `ip link add ${device} type veth peer name ${port} netns ${this.space(to)}; ip link set ${device} up`,
    );
    this.sh(to, `ip link set ${port} master br0 up`);
  }

  #makeKey(node: string): void {
    const secret = execFileSync('wg', ['genkey'], { encoding: 'utf8' }).trim();
    const open = execFileSync('wg', ['pubkey'], { encoding: 'utf8', input: secret }).trim();
    this.keys.set(node, { secret, open });
    for (const folder of ['etc', 'run', 'loaded'])
      mkdirSync(join(this.#folder, node, folder), { recursive: true });
    writeFileSync(join(this.#folder, node, 'etc', `${this.network.interface}.key`), `${secret}\n`, {
      mode: 0o600,
    });
  }

  openKey(node: string): string {
    return this.keys.get(node)?.open ?? '';
  }

  /** The command that runs on a node: its network, its /etc/wireguard, its control socket of wireguard-go. */
  #on(node: string, ...words: readonly string[]): [string, ...string[]] {
    const folder = join(this.#folder, node);
    const enter =
      'mount --bind "$1/etc" /etc/wireguard && mount --bind "$1/run" /run/wireguard && mount --bind "$1/loaded" /run/bridgehead && shift && exec "$@"';
    return ['ip', 'netns', 'exec', this.space(node), 'sh', '-c', enter, 'sh', folder, ...words];
  }

  /** Runs sh on a node where `wg` finds its interface. */
  onNode(node: string, script: string): string {
    const [file, ...args] = this.#on(node, 'sh', '-ec', script);
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async #startWireguard(node: string): Promise<void> {
    mkdirSync('/run/wireguard', { recursive: true });
    const name = this.network.interface;
    const [file, ...args] = this.#on(node, 'wireguard-go', '-f', name);
    const log: string[] = [];
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD: '1' },
    });
    child.stderr.on('data', (chunk: Buffer) => log.push(String(chunk)));
    this.#processes.push(child);
    for (let tries = 0; ; tries++) {
      try {
        this.onNode(node, `wg show ${name} listen-port`);
        break;
      } catch (error) {
        if (tries > START_TRIES || child.exitCode !== null)
          throw new Error(`wireguard-go does not start: ${log.join('')}`, { cause: error });
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    const peers = peersOf(this.inventory, this.network, node)
      .filter(({ client }) => !client)
      .map(({ node: peer, allowedIps, endpoint, keepalive }) =>
        [
          `peer ${this.openKey(peer)} allowed-ips ${allowedIps.join(',')}`,
          endpoint ? `endpoint ${hostPort(endpoint.address, endpoint.port)}` : '',
          keepalive ? `persistent-keepalive ${keepalive}` : '',
        ].join(' '),
      );
    const addresses = this.network.members.find((member) => member.node === node)?.addresses ?? [];
    this.onNode(
      node,
      `wg set ${name} listen-port ${this.network.port} private-key /etc/wireguard/${name}.key ${peers.join(' ')}
${addresses.map((address) => `ip addr add ${hostRoute(address)} dev ${name}${address.includes(':') ? ' nodad' : ''}`).join('\n')}
ip link set ${name} mtu ${this.network.mtu} up
${routesOf(this.inventory, this.network, node)
  .map((route) => `ip route add ${route} dev ${name}`)
  .join('\n')}`,
    );
  }

  #context(asked: Asked, measured: readonly string[]): GateContext<unknown> {
    return {
      params: asked.params ?? {},
      inventory: this.inventory,
      networks: this.inventory.networks,
      measured,
      patience: asked.patience ?? 2,
      token: this.#token,
      facts: {
        get: (node, key) =>
          key === publicKeyFact(this.network.interface) ? this.keys.get(node)?.open : undefined,
      },
    };
  }

  get #token(): string {
    return `t${this.#runs}x${process.pid}`;
  }

  #asked(gates: readonly Asked[], measured: readonly string[], node: string): AskedGate[] {
    return gates.map((asked) => {
      const kind = GATE_KINDS.get(asked.kind);
      if (!kind) throw new TypeError(asked.kind);
      return askedGate(kind, this.#context(asked, measured), node, asked.kind);
    });
  }

  /** Asks gates as the runner does: one program a node, all nodes at once, `skew` ms between their starts. */
  async ask(
    gates: readonly Asked[],
    { skew = 0, measured }: { readonly skew?: number; readonly measured?: readonly string[] } = {},
  ) {
    this.#runs += 1;
    const names = measured ?? this.inventory.nodes.map(({ name }) => name);
    const nodes = this.inventory.nodes.filter(({ name }) => names.includes(name));
    const started = performance.now();
    const replies = await Promise.all(
      nodes.map(async (node, number) => {
        await new Promise((done) => setTimeout(done, number * skew));
        const own = this.#asked(gates, names, node.name);
        const connection = new LocalConnection(this.#on(node.name, 'sh', '-s'));
        return [
          node.name,
          gateReplies(
            own,
            await execute(connection, gateFragments(own, { token: this.#token }), {
              node: node.name,
              deadlineMs: 60_000,
            }),
          ),
        ] as const;
      }),
    );
    const ms = performance.now() - started;
    const verdicts = new Map<string, Verdict>();
    for (const asked of gates) {
      const own = new Map(
        replies.flatMap(([node, all]) => {
          const reply = all.get(asked.kind);
          return reply ? [[node, reply] as const] : [];
        }),
      );
      const gate = GATE_KINDS.get(asked.kind);
      if (gate) verdicts.set(asked.kind, verdictOn(gate, this.#context(asked, names), own));
    }
    return { ms, verdicts, replies: new Map(replies) };
  }

  async down(): Promise<void> {
    await Promise.all(
      this.#processes.map(
        (child) =>
          new Promise<void>((done) => {
            if (child.exitCode !== null || child.signalCode !== null) return done();
            child.once('close', () => done());
            child.kill('SIGTERM');
          }),
      ),
    );
    for (const space of this.#spaces) execFileSync('ip', ['netns', 'del', space]);
    rmSync(this.#folder, { recursive: true });
  }
}

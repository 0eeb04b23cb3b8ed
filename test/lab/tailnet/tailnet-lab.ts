import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goProgram, installGoPrograms } from '../../../scripts/lab-programs/from-go.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { bridgehead, exec, inventoryAt, ofType, type RunReport, stops } from '../support/bridgehead.js';
import { copyTo, Headscale } from './headscale.js';

const quiet = { log: () => undefined };

/** Machines with Tailscale's programs, and a headscale on the node `hs`, at whose address `loginServer` is. */
export class TailnetLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'bridgehead-tailnet-'));
  readonly file = join(this.folder, 'inventory.yaml');
  #lab: Lab | undefined;
  #headscale: Headscale | undefined;
  #built: Inventory | undefined;

  constructor(
    private readonly server: string,
    private readonly members: readonly string[],
  ) {}

  get lab(): Lab {
    if (this.#lab === undefined) throw new TypeError('the lab is not up');
    return this.#lab;
  }

  get headscale(): Headscale {
    if (this.#headscale === undefined) throw new TypeError('the lab is not up');
    return this.#headscale;
  }

  write(inventory: string): void {
    writeFileSync(this.file, inventory);
  }

  /** Where a playbook with these phases is. */
  playbook(name: string, phases: string): string {
    const path = join(this.folder, `${name}.yaml`);
    writeFileSync(path, `name: ${name}\nphases:\n${phases}`);
    return path;
  }

  /** Builds the machines of the inventory, and starts the login server; the key to join with is in `auth.key`. */
  async up(): Promise<void> {
    installGoPrograms();
    this.#built = await inventoryAt(this.file);
    this.#lab = await labUp(this.#built, quiet);
    this.#headscale = new Headscale(this.lab, 'hs', this.server, this.folder);
    await this.headscale.install(goProgram('headscale'));
    for (const node of this.members) {
      await copyTo(this.lab, node, goProgram('tailscale'), '/usr/local/bin/tailscaled');
      await exec(this.lab, node, 'ln -s tailscaled /usr/local/bin/tailscale');
    }
    await this.headscale.start();
    await this.headscale.addUser('lab');
    const key = await this.headscale.key('--expiration', '4h', '--reusable');
    writeFileSync(join(this.folder, 'auth.key'), `${key}\n`, { mode: 0o600 });
  }

  async down(): Promise<void> {
    if (this.#built !== undefined) await labDown(this.#built, quiet);
    rmSync(this.folder, { recursive: true });
  }

  run(command: string, playbook: string, ...args: readonly string[]): Promise<RunReport> {
    return bridgehead(this.lab, command, '-i', this.file, '-p', playbook, '--json', ...args);
  }

  exec(node: string, script: string): Promise<string> {
    return exec(this.lab, node, script);
  }

  /** A node's first address in the tailnet. */
  address(node: string): Promise<string> {
    return this.exec(node, 'tailscale ip -4');
  }
}

export const JOINING = `  - name: tailnet
    steps:
      - { on: tailnet, tailscale: {} }
    gates:
      - { on: tailnet, tailscale-peers: {} }
      - { on: tailnet, tailscale-routes: {} }
`;

/** Installs nft, for who would make rules by hand. */
export const NFT = 'apt-get -qq install -y --no-install-recommends nftables >/dev/null 2>&1';

/** How a run ended: what failed, and what gates answered STOP. */
export const outcome = (report: RunReport) => ({
  errors: ofType(report, 'run-ended').flatMap(({ errors }) =>
    (errors ?? []).map(({ code, message }) => `${code}: ${message}`),
  ),
  stops: stops(report),
});

export const WELL = { errors: [], stops: [] };

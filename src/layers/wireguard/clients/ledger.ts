import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BridgeheadError, systemCode } from '../../../core/errors.js';
import { bareAddress } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import type { ClientSettings } from '../overlay/client-config.js';

/** A client's configuration as it was made, without secrets. */
export interface HandedOut {
  readonly kind: 'handed-out';
  /** ISO time. */
  readonly at: string;
  /** Absolute path that the inventory had. */
  readonly inventory: string;
  /** The inventory's own name; entries of earlier versions have none. */
  readonly name?: string;
  readonly network: string;
  readonly client: string;
  /** Base64. */
  readonly publicKey: string;
  readonly hubPublicKey: string;
  readonly settings: ClientSettings;
  /** SHA-256 of the preshared key in base64, hex; absent without one. */
  readonly presharedKey?: string;
}

/** The end of a client's access. */
export interface Revoked {
  readonly kind: 'revoked';
  readonly at: string;
  readonly inventory: string;
  readonly name?: string;
  readonly network: string;
  readonly client: string;
  /** Base64; absent if the client had no keys. */
  readonly publicKey?: string;
}

/** A hub's public key at its last apply. */
export interface HubKey {
  readonly kind: 'hub-key';
  readonly at: string;
  readonly inventory: string;
  readonly name: string;
  readonly network: string;
  readonly hub: string;
  /** Base64. */
  readonly publicKey: string;
}

export type LedgerEntry = HandedOut | Revoked | HubKey;

/** Where the ledger is kept within the state folder. */
export function ledgerFile(stateDir: string): string {
  return join(stateDir, 'clients.jsonl');
}

/** Adds one line; the ledger only grows. Readable by its owner alone. */
export function recordInLedger(file: string, entry: LedgerEntry): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** How the ledger recognises an inventory, wherever its file is now. */
export interface LedgerOwner extends Pick<Inventory, 'name' | 'networks'> {
  /** Absolute path. */
  readonly file: string;
}

/** The latest configuration of each client of an inventory, by `network/client`. Lines that a crash cut off are ignored. */
export function readLedger(file: string, owner: LedgerOwner): ReadonlyMap<string, HandedOut> {
  const held = new Map<string, HandedOut>();
  for (const entry of entriesOf(file)) {
    if (entry.kind === 'hub-key') continue;
    const key = ledgerKey(entry.network, entry.client);
    if (entry.kind === 'handed-out' && isHandedOutOf(entry, owner)) held.set(key, entry);
    if (entry.kind === 'revoked' && isRevokedOf(entry, owner, held.get(key))) held.delete(key);
  }
  return held;
}

/**
 * The same path is enough. Otherwise the inventory's name has to match (old entries have none), and the client's key or,
 * after a rekey, an address: another inventory may have the same name.
 */
function isHandedOutOf(entry: HandedOut, { file, name, networks }: LedgerOwner): boolean {
  if (entry.inventory === file) return true;
  if (entry.name !== undefined && entry.name !== name) return false;
  const clients = networks.find((network) => network.name === entry.network)?.clients ?? [];
  const client = clients.find((one) => one.name === entry.client);
  if (client === undefined) return false;
  if (client.publicKey === entry.publicKey) return true;
  return (
    entry.name === name && entry.settings.addresses.some((one) => client.addresses.includes(bareAddress(one)))
  );
}

function isRevokedOf(entry: Revoked, { file, name }: LedgerOwner, held: HandedOut | undefined): boolean {
  if (entry.inventory === file) return true;
  return entry.name === name && entry.publicKey !== undefined && entry.publicKey === held?.publicKey;
}

/** The public keys of an inventory's hubs as last noted, by `network/hub`. */
export function hubKeysIn(file: string, owner: LedgerOwner): Map<string, string> {
  const keys = new Map<string, string>();
  for (const entry of entriesOf(file)) {
    if (entry.kind !== 'hub-key' || (entry.inventory !== owner.file && entry.name !== owner.name)) continue;
    keys.set(ledgerKey(entry.network, entry.hub), entry.publicKey);
  }
  return keys;
}

export function ledgerKey(network: string, client: string): string {
  return `${network}/${client}`;
}

function entriesOf(file: string): LedgerEntry[] {
  return textOf(file)
    .split('\n')
    .flatMap((line) => {
      const entry = parse(line);
      return isEntry(entry) ? [entry] : [];
    });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return '';
    throw new BridgeheadError('E_USAGE', `the ledger of clients ${file} cannot be read`, {
      evidence: cause instanceof Error ? cause.message : String(cause),
      fix: 'make it readable for yourself, or choose another folder with --state-dir',
      cause,
    });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return (
    value.kind === 'revoked' ||
    value.kind === 'hub-key' ||
    (value.kind === 'handed-out' && 'settings' in value)
  );
}

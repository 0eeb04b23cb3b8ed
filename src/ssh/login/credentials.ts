import { basename } from 'node:path';
import type { AnyAuthMethod } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { Hop } from '../config/hop.js';
import { settingOf } from '../config/setting.js';
import { type AgentKey, agentKeys } from './agent.js';
import { fingerprint } from './host-key.js';
import { type KeyFile, readKeyFile, unlockKey } from './key-file.js';

/** sshd counts each key that it refuses and disconnects after six. */
const MAX_OFFERS = 5;
/** How many of these are reserved for default key files if the agent holds more keys than fit. */
const KEPT_FOR_FILES = 2;
const DEFAULT_NAMES = /^id_(?:rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa)$/;

/** One key to log in with. */
export interface Credential {
  /** The key's name in messages: its file, or the agent and its fingerprint. */
  readonly label: string;
  readonly method: AnyAuthMethod;
}

/** The keys to log in with. */
export interface Offers {
  /** In the order in which they are offered. */
  readonly offered: readonly Credential[];
  /** Labels of available keys beyond the number that sshd accepts. */
  readonly leftOut: readonly string[];
}

type AskPassphrase = (keyFile: string, node: string) => Promise<Secret | undefined>;

/**
 * The keys to offer, the likeliest first: only the inventory's if it names one; else those from ~/.ssh/config, default keys
 * that the agent holds, the agent's others, and the default files, for which places are reserved. The passphrase of an
 * encrypted key is only asked for if the agent doesn't hold it, and that of a default key only if there is no other key.
 * Fails with E_SSH_CONFIG for an unusable key, E_SSH_AUTH if there is none at all.
 */
export async function credentials(hop: Hop, ask: AskPassphrase): Promise<Offers> {
  const notes: string[] = [];
  const agent = await readAgent(hop, notes);
  const offers =
    hop.key === undefined
      ? await configured(hop, agent, ask, notes)
      : [await named(hop, hop.key, agent, ask)];
  if (offers.length > 0) {
    const leftOut = offers.slice(MAX_OFFERS).map(({ label }) => label);
    return { offered: offers.slice(0, MAX_OFFERS), leftOut };
  }
  if (hop.certificates.length > 0) notes.push('CertificateFile: certificates are not supported');
  throw new BridgeheadError('E_SSH_AUTH', `no key to log in to ${hop.node} as ${hop.user}`, {
    node: hop.node,
    evidence: notes.join('\n'),
    fix: `set one as ${settingOf(hop, 'key')}, or load one with ssh-add; to make one: ssh-keygen -t ed25519 && ssh-copy-id -p ${hop.port} ${hop.user}@${hop.host}`,
  });
}

async function named(
  hop: Hop,
  path: string,
  agent: readonly AgentKey[],
  ask: AskPassphrase,
): Promise<Credential> {
  const file = await readKeyFile(path, hop.node);
  if (file === undefined) {
    throw new BridgeheadError('E_SSH_CONFIG', `no such key file: ${path}`, {
      node: hop.node,
      fix: 'correct key: in the inventory; a relative path is relative to the inventory’s folder',
    });
  }
  return viaFile(hop, file) ?? viaAgent(hop, file, agent) ?? (await unlocked(hop, file, ask));
}

async function configured(
  hop: Hop,
  agent: readonly AgentKey[],
  ask: AskPassphrase,
  notes: string[],
): Promise<Credential[]> {
  const chosen: Credential[] = [];
  const held: Credential[] = [];
  const fallback: Credential[] = [];
  const areDefaults = areDefaultFiles(hop.identityFiles);
  const locked: KeyFile[] = [];
  const used = new Set<string>();
  for (const path of hop.identityFiles) {
    const isDefault = DEFAULT_NAMES.test(basename(path));
    const file = await readKeyFile(path, hop.node).catch((error: unknown) => {
      if (!isDefault) throw error;
      notes.push(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    if (file === undefined) {
      if (!isDefault) notes.push(`no such key file: ${path} (from ssh config)`);
      continue;
    }
    const byAgent = viaAgent(hop, file, agent);
    const credential = byAgent ?? viaFile(hop, file);
    if (file.publicBlob !== undefined) used.add(file.publicBlob.toString('base64'));
    if (credential !== undefined) (areDefaults ? (byAgent ? held : fallback) : chosen).push(credential);
    else if (file.kind === 'encrypted' && !isDefault) chosen.push(await unlocked(hop, file, ask));
    else locked.push(file);
  }
  const others = hop.identitiesOnly
    ? []
    : agent.filter(({ publicBlob }) => !used.has(publicBlob.toString('base64')));
  const crowd = others.map((key) => agentCredential(hop, key));
  const sure = [...chosen, ...held];
  const room = Math.max(0, MAX_OFFERS - sure.length - Math.min(fallback.length, KEPT_FOR_FILES));
  const offers = [...sure, ...crowd.slice(0, room), ...fallback, ...crowd.slice(room)];
  if (offers.length > 0) return offers;
  const last = locked.find(({ kind }) => kind === 'encrypted');
  return last === undefined ? [] : [await unlocked(hop, last, ask)];
}

/** `ssh -G` lists all default files if ~/.ssh/config has no IdentityFile, and none if it has one. */
function areDefaultFiles(paths: readonly string[]): boolean {
  return paths.length > 3 && paths.every((path) => DEFAULT_NAMES.test(basename(path)));
}

function viaFile(hop: Hop, file: KeyFile): Credential | undefined {
  if (file.kind !== 'plain') return undefined;
  return { label: file.path, method: { type: 'publickey', username: hop.user, key: file.key } };
}

function viaAgent(hop: Hop, file: KeyFile, agent: readonly AgentKey[]): Credential | undefined {
  const key = agent.find(({ publicBlob }) => file.publicBlob?.equals(publicBlob));
  return key === undefined ? undefined : { ...agentCredential(hop, key), label: `${file.path} (agent)` };
}

function agentCredential(hop: Hop, key: AgentKey): Credential {
  const label = `${fingerprint(key.publicBlob)} (agent)`;
  return { label, method: { type: 'agent', username: hop.user, agent: key.agent } };
}

async function unlocked(hop: Hop, file: KeyFile, ask: AskPassphrase): Promise<Credential> {
  if (file.kind !== 'encrypted') {
    throw new BridgeheadError(
      'E_SSH_AUTH',
      `${file.path} is a public key, and the agent does not have its private key`,
      {
        node: hop.node,
        fix: 'load the private key with ssh-add, or set its file',
      },
    );
  }
  const passphrase = await ask(file.path, hop.node);
  const fix = `run: ssh-add ${file.path}; or set BRIDGEHEAD_KEY_PASSPHRASE_FILE to a file (0600) with the passphrase`;
  if (passphrase === undefined) {
    throw new BridgeheadError(
      'E_SSH_AUTH',
      `the key ${file.path} needs a passphrase, and there is no terminal to ask on`,
      {
        node: hop.node,
        fix,
      },
    );
  }
  const key = unlockKey(file.text, passphrase.reveal());
  if (key !== undefined) return { label: file.path, method: { type: 'publickey', username: hop.user, key } };
  throw new BridgeheadError('E_SSH_AUTH', `wrong passphrase for ${file.path}`, {
    node: hop.node,
    fix,
  });
}

async function readAgent(hop: Hop, notes: string[]): Promise<AgentKey[]> {
  if (hop.agentSocket === undefined) return [];
  try {
    return await agentKeys(hop.agentSocket);
  } catch (error) {
    notes.push(`the agent at ${hop.agentSocket}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

import ssh2, { type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

const TIMEOUT_MS = 3000;

type Agent = InstanceType<typeof ssh2.OpenSSHAgent>;

/** One key that an agent holds, and an agent that only offers and uses this key. */
export interface AgentKey {
  readonly publicBlob: Buffer;
  readonly comment: string;
  readonly agent: InstanceType<typeof ssh2.BaseAgent>;
}

class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: Agent;
  readonly #key: ParsedKey;

  constructor(agent: Agent, key: ParsedKey) {
    super();
    this.#agent = agent;
    this.#key = key;
  }

  override getIdentities(done: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    done(null, [this.#key]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, done);
  }
}

/** The agent's keys that ssh2 can use. Rejects if the agent can't be reached or doesn't answer within 3 s. */
export async function agentKeys(socketPath: string): Promise<AgentKey[]> {
  const agent = new ssh2.OpenSSHAgent(socketPath);
  const keys = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the agent does not answer')), TIMEOUT_MS);
    agent.getIdentities((error, found) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve((found ?? []) as readonly ParsedKey[]);
    });
  });
  return keys.map((key) => ({
    publicBlob: key.getPublicSSH(),
    comment: key.comment,
    agent: new OneKeyAgent(agent, key),
  }));
}

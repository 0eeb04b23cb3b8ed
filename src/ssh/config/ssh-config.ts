/** The settings from ~/.ssh/config and /etc/ssh/ssh_config for one host; paths as written there. */
export interface SshConfig {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly family: 0 | 4 | 6;
  readonly hostKeyAlias?: string | undefined;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly certificates: readonly string[];
  readonly identityAgent?: string | undefined;
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly proxyJump?: string | undefined;
  readonly proxyCommand?: string | undefined;
}

/** Reads the output of `ssh -G`: one `keyword value` per line. */
export function parseSshConfig(text: string): SshConfig {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const name = line.slice(0, space).toLowerCase();
    values.set(name, [...(values.get(name) ?? []), line.slice(space + 1).trim()]);
  }
  const one = (name: string) => values.get(name)?.[0];
  const set = (name: string) => (one(name) === 'none' ? undefined : one(name));
  const words = (name: string) =>
    (one(name) ?? '').split(/\s+/).filter((word) => word !== '' && word !== 'none');
  const family = one('addressfamily');
  return {
    hostname: one('hostname') ?? '',
    port: Number(one('port') ?? 22),
    user: one('user') ?? '',
    family: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0,
    hostKeyAlias: set('hostkeyalias'),
    identityFiles: (values.get('identityfile') ?? []).filter((file) => file !== 'none'),
    identitiesOnly: one('identitiesonly') === 'yes',
    certificates: (values.get('certificatefile') ?? []).filter((file) => file !== 'none'),
    identityAgent: one('identityagent'),
    userKnownHosts: words('userknownhostsfile'),
    globalKnownHosts: words('globalknownhostsfile'),
    proxyJump: set('proxyjump'),
    proxyCommand: set('proxycommand'),
  };
}

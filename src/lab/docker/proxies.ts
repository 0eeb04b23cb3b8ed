const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const LOOPBACK = /^(\w+:\/\/)?([^@/]*@)?(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i;

/** The variables that name a proxy which a container can use as well: one on this computer's loopback isn't on the container's. */
export function proxyNames(env: NodeJS.ProcessEnv): readonly string[] {
  return NAMES.filter((name) => env[name] !== undefined && !LOOPBACK.test(env[name]));
}

import type { Route, Setup } from '../proxy.js';
import { letIn } from '../sources.js';

/** How a visitor's address is found behind proxies whose word is taken. */
function sourceOf({ edge: { trusted } }: Setup): object {
  return trusted.length === 0 ? {} : { ipStrategy: { excludedIPs: trusted } };
}

function headersOf({ app: { options } }: Route): object | undefined {
  const { headers, hsts } = options;
  if (Object.keys(headers).length === 0 && hsts === undefined) return undefined;
  return {
    ...(hsts === undefined ? {} : { stsSeconds: hsts }),
    ...(Object.keys(headers).length === 0 ? {} : { customResponseHeaders: headers }),
  };
}

/** What a request goes through before the app sees it, in this order, by kind. */
export function middlewaresOf(route: Route, setup: Setup): Readonly<Record<string, object>> {
  const { options } = route.app;
  const sources = letIn(options.allow, options.deny);
  const headers = headersOf(route);
  const { rate } = options;
  return {
    ...(sources && { ipAllowList: { sourceRange: sources, ...sourceOf(setup) } }),
    ...(rate && {
      rateLimit: {
        average: rate.requests,
        period: `${rate.per}s`,
        burst: rate.requests,
        sourceCriterion: { requestHost: false, ...sourceOf(setup) },
      },
    }),
    ...(headers && { headers }),
    ...(route.visitors && { basicAuth: { usersFile: route.visitors, removeHeader: true } }),
  };
}

/** What is known of a request that Traefik is to route. */
export interface Asked {
  /** In lower case. */
  readonly host: string;
  /** Without query. */
  readonly path: string;
}

/** 1: it matches; 0: it doesn't; between them if that depends on what isn't known. */
type Fit = 0 | 0.5 | 1;

const TOKEN = /\s+|\|\||&&|[!()]|([A-Za-z]+)\(\s*((?:[`"'][^`"']*[`"'][\s,]*)*)\)/gy;
const known = (isFit: boolean): Fit => (isFit ? 1 : 0);

/** In Go's syntax, which is ours for all that people write. */
function matches(pattern: string, text: string): Fit {
  try {
    return known(new RegExp(pattern, 'i').test(text));
  } catch {
    return 0.5;
  }
}

function fitOf(matcher: string, values: readonly string[], { host, path }: Asked): Fit {
  const any = (judge: (value: string) => Fit): Fit => Math.max(0, ...values.map(judge)) as Fit;
  switch (matcher) {
    case 'Host':
    case 'HostSNI':
      return any((name) => known(name === '*' || name.toLowerCase() === host));
    case 'HostRegexp':
    case 'HostSNIRegexp':
      return any((pattern) => matches(pattern, host));
    case 'Path':
      return any((value) => known(value === path));
    case 'PathPrefix':
      return any((value) => known(path.startsWith(value)));
    default:
      return 0.5;
  }
}

/** Whether a rule of Traefik's, which may be anybody's, matches a request. */
export function ruleFit(rule: string, asked: Asked): Fit {
  const tokens: (string | { readonly fit: Fit })[] = [];
  let end = 0;
  for (const [text, matcher, list = ''] of rule.matchAll(TOKEN)) {
    end += text.length;
    if (matcher !== undefined) {
      const values = [...list.matchAll(/[`"']([^`"']*)[`"']/g)].map(([, value = '']) => value);
      tokens.push({ fit: fitOf(matcher, values, asked) });
    } else if (text.trim() !== '') tokens.push(text);
  }
  if (end !== rule.length) return 0.5;
  const either = (): Fit => {
    let found = both();
    while (tokens[0] === '||') {
      tokens.shift();
      found = Math.max(found, both()) as Fit;
    }
    return found;
  };
  const both = (): Fit => {
    let found = one();
    while (tokens[0] === '&&') {
      tokens.shift();
      found = Math.min(found, one()) as Fit;
    }
    return found;
  };
  const one = (): Fit => {
    const token = tokens.shift();
    if (token === '!') return (1 - one()) as Fit;
    if (token === '(') {
      const found = either();
      tokens.shift();
      return found;
    }
    return typeof token === 'object' ? token.fit : 0.5;
  };
  const found = either();
  return tokens.length === 0 ? found : 0.5;
}

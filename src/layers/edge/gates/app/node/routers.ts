import { all, GarbledReply, integer, type Lines } from '../../../../../remote/reply-lines.js';

/** A router of Traefik's HTTPS port. */
export interface SeenRouter {
  readonly kind: 'http' | 'tcp';
  readonly priority: number;
  /** Without its provider. */
  readonly name: string;
  readonly rule: string;
}

/** Undefined if Traefik wasn't asked, or doesn't answer. */
export function parseRouters(lines: Lines): readonly SeenRouter[] | undefined {
  if (all(lines, 'routers').length === 0) return undefined;
  return all(lines, 'router').map(([kind, priority, name = '', rule = '']) => ({
    kind: kind === 'tcp' ? 'tcp' : 'http',
    priority: integer(priority),
    name: decoded(name).replace(/@file$/, ''),
    rule: decoded(rule),
  }));
}

/** What stands between the quotes of a JSON string. */
function decoded(hex: string): string {
  try {
    return JSON.parse(`"${Buffer.from(hex, 'hex').toString('utf8')}"`) as string;
  } catch {
    throw new GarbledReply(`${hex} is not a string`);
  }
}

import type { Parsed } from '../../../model/parse-address.js';
import { isWildcard, parseHost } from '../../edge/inventory/host-name.js';

const wrong = (message: string, fix: string): Parsed => ({ ok: false, message, fix });

export const isIn = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/** The name of a zone; one label is enough for one that the internet doesn't know. */
export function parseZone(text: string): Parsed {
  if (text.toLowerCase() === 'local') {
    return wrong(
      "is the zone of multicast DNS, which doesn't ask resolvers",
      'write another, such as home.arpa',
    );
  }
  const parsed = parseHost(text.includes('.') ? text : `name.${text}`);
  if (!parsed.ok) return parsed;
  if (isWildcard(parsed.text)) return wrong('is not a zone', `write ${parsed.text.slice('*.'.length)}`);
  return { ok: true, text: text.toLowerCase() };
}

/** The complete name of a record: one without a dot is below the first zone. */
export function parseRecordName(text: string, zones: readonly string[]): Parsed {
  const [first = ''] = zones;
  const isRelative = !text.replace(/^\*\./, '').includes('.');
  const parsed = parseHost(isRelative ? `${text}.${first}` : text);
  if (!parsed.ok || zones.some((zone) => isIn(parsed.text, zone))) return parsed;
  const fix = `write ${parsed.text}.${first}, or add its zone to dns.zone`;
  return wrong(`is outside ${zones.length > 1 ? 'the zones' : 'the zone'} ${zones.join(', ')}`, fix);
}

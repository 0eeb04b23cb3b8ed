import { sanitize } from '../remote/sanitize.js';

/** A copy of an event whose text cannot control the terminal, whatever a machine sent. */
export function clean<T>(value: T): T {
  return mapTexts(value, (text) => sanitize(text));
}

/** A copy of a value of JSON with every text in it replaced; keys stay. */
export function mapTexts<T>(value: T, replace: (text: string) => string): T {
  return mapped(value, replace) as T;
}

function mapped(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((inner) => mapped(inner, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, replace)]));
}

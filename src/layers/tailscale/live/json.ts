import { GarbledReply, printable } from '../../../remote/reply-lines.js';

export type Json = Readonly<Record<string, unknown>>;

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Throws GarbledReply for what isn't an object in JSON. */
export function parseJson(stdout: string, what: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    throw new GarbledReply(`${what} gave no JSON: ${printable(stdout)}`);
  }
  if (json === null || typeof json !== 'object') throw new GarbledReply(`${what} gave no object`);
  return json as Json;
}

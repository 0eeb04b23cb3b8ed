/** Above the ephemeral ports, so that nothing else is likely to use them. */
export const TRANSFER_PORTS = { port: 61_000, toPort: 64_999 };

/** The TCP port of a run, from its token: never that of another lane. */
export function transferPort(token: string, { index, of } = { index: 1, of: 1 }): number {
  const { port, toPort } = TRANSFER_PORTS;
  const ports = toPort - port + 1;
  let sum = 0;
  for (const letter of token) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % ports;
  const turns = Math.max(1, Math.floor(ports / of));
  return port + (sum % turns) * of + ((index - 1) % ports);
}

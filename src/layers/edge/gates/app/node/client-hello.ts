export const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** A TLS handshake's first message, with the name that is asked for: enough for a server to answer. */
export function clientHello(name: string): string {
  const uint16 = (value: number): string => value.toString(16).padStart(4, '0');
  const prefixed = (body: string): string => uint16(body.length / 2) + body;
  const extension = (type: string, body: string): string => type + prefixed(body);
  const extensions = [
    extension('0000', prefixed(`00${prefixed(hex(name))}`)),
    extension('000a', prefixed('001d00170018')),
    extension('000b', '0100'),
    extension('000d', prefixed('040308040401050308050501080606010201')),
  ].join('');
  const suites = 'c02bc02fc02cc030cca9cca8c013c014009c009d002f0035';
  const body = `0303${'bb'.repeat(32)}00${prefixed(suites)}0100${prefixed(extensions)}`;
  const handshake = `01${(body.length / 2).toString(16).padStart(6, '0')}${body}`;
  return `160301${prefixed(handshake)}`;
}

import { nearest, show } from '../../../document/index.js';
import type { PortRange } from './types.js';

export type ParsedPort =
  | { readonly ok: true; readonly port: 'ssh' | PortRange }
  | { readonly ok: false; readonly message: string; readonly fix: string };

const LAST = 65_535;

/** `ssh`, `443/tcp`, `60000-61000/udp`. */
export function parsePort(text: string): ParsedPort {
  if (text === 'ssh') return { ok: true, port: 'ssh' };
  const [, first, last, , protocol] = /^(\d+)(?:-(\d+))?(\/(.*))?$/.exec(text) ?? [];
  if (first === undefined) {
    return wrong(
      text,
      'is not a port',
      meantBy(text) ?? 'write ssh, or the port with its protocol, such as 443/tcp',
    );
  }
  const ports = last === undefined ? first : `${first}-${last}`;
  if (protocol === undefined) {
    return wrong(text, 'has no protocol', `write ${ports}/tcp or ${ports}/udp`);
  }
  if (protocol !== 'tcp' && protocol !== 'udp') {
    const meant = nearest(protocol, ['tcp', 'udp']);
    return meant === undefined
      ? wrong(text, 'is for a protocol other than tcp and udp', `write ${ports}/tcp or ${ports}/udp`)
      : wrong(text, 'is not a port', `write ${ports}/${meant}`);
  }
  const [port, toPort] = [Number(first), Number(last ?? first)];
  if (port < 1 || toPort > LAST) return wrong(text, 'is not a port', `ports are 1 to ${LAST}`);
  if (toPort < port) {
    return wrong(text, 'is a range that ends before it begins', `write ${toPort}-${port}/${protocol}`);
  }
  return { ok: true, port: { protocol, port, ...(toPort > port && { toPort }) } };
}

const SERVICES: Readonly<Record<string, string>> = {
  http: '80/tcp',
  https: '443/tcp',
  dns: '53/udp',
  openssh: 'ssh',
};

/** A port in the words of other firewalls: `1000:2000/tcp`, `tcp/443`, `443tcp`, `80,443/tcp`, `https`, `OpenSSH`. */
function meantBy(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower === 'ssh') return 'write ssh';
  if (Object.hasOwn(SERVICES, lower)) return `write ${SERVICES[lower]}`;
  const [, before, first, last, after] =
    /^(?:(tcp|udp)[/:]?)?(\d+)(?:[:-](\d+))?[/:]?(tcp|udp)?$/.exec(lower) ?? [];
  const protocol = before ?? after;
  if (first !== undefined && protocol !== undefined) {
    return `write ${[first, ...(last === undefined ? [] : [last])].join('-')}/${protocol}`;
  }
  return /^\d+(, ?\d+)+(\/(tcp|udp))?$/.test(lower) ? 'write an entry for each port' : undefined;
}

const wrong = (text: string, message: string, fix: string): ParsedPort => ({
  ok: false,
  message: `${show(text)} ${message}`,
  fix,
});

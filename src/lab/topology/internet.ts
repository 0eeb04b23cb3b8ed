import type { LabNeeds } from '../../layers/lab.js';
import { familyOf, isAddress } from '../../model/address.js';
import type { AuthorityPlan, DnsRecord, InternetPlan, LoginPlan } from '../internet/types.js';
import type { Layout } from './layout.js';
import { LOGINS, type Place, SERVICES, VISITOR } from './network.js';
import { plainFile } from './page.js';

const DNS = ['198.18.0.53', '2001:db8:ffff:53::53'];
const AUTHORITY = ['198.18.0.14', '2001:db8:ffff:14::14'];
const STANDS_FOR = ['198.18.0.15', '2001:db8:ffff:14::15'];
const LOGIN = ['198.18.0.16', '2001:db8:ffff:16::16'];
const VISITOR_AT = ['198.18.0.200', '2001:db8:ffff:200::200'];

/** As the server of the zones names itself; it takes the records of DNS challenges at port 80. */
const DNS_NAME = 'dns.lab.example';
const AUTHORITY_NAME = 'acme.lab.example';
export const DIRECTORY = `https://${AUTHORITY_NAME}/dir`;

/** What the internet has for those who need names; undefined if nobody does. */
export function planInternet(
  needs: Required<LabNeeds>,
  { ipv6 }: Pick<Layout, 'ipv6'>,
): InternetPlan | undefined {
  const { names } = needs;
  const authorities = needs.authorities.filter(isElsewhere);
  const here = (addresses: readonly string[]) =>
    addresses.filter((address) => ipv6 || familyOf(address) === 4);
  const login = planLogin(needs.logins, here(LOGIN));
  if (names.length + authorities.length === 0 && login === undefined) return undefined;
  const authority: AuthorityPlan | undefined =
    authorities.length === 0
      ? undefined
      : {
          addresses: here(AUTHORITY),
          directory: DIRECTORY,
          standsFor: [
            ...new Set(authorities.filter((url) => url !== DIRECTORY).map((url) => new URL(url).hostname)),
          ],
          standsForAt: here(STANDS_FOR),
        };
  const ofAuthority =
    authority === undefined
      ? []
      : [
          { name: AUTHORITY_NAME, addresses: authority.addresses },
          ...authority.standsFor.map((name) => ({ name, addresses: authority.standsForAt })),
        ];
  return {
    dns: {
      addresses: here(DNS),
      records: recordsOf([
        ...names,
        { name: DNS_NAME, addresses: here(DNS) },
        ...ofAuthority,
        ...(login?.hosts ?? []).map((name) => ({ name, addresses: here(LOGIN) })),
      ]),
    },
    ...(authority === undefined ? {} : { authority }),
    ...(login === undefined ? {} : { login }),
    visitor: here(VISITOR_AT),
  };
}

const isNamed = ({ hostname }: URL): boolean => !isAddress(hostname.replace(/^\[(.*)\]$/, '$1'));

/** Whether an authority is found by its name alone: one at an address or a port of its own is a machine of the lab. */
function isElsewhere(directory: string): boolean {
  const url = new URL(directory);
  return url.port === '' && isNamed(url);
}

/** One without a name or TLS is a machine of the lab. */
const hasLogin = (url: URL): boolean => url.protocol === 'https:' && isNamed(url);

/** One server for all networks. */
function planLogin(logins: LabNeeds['logins'] = [], addresses: readonly string[]): LoginPlan | undefined {
  const served = logins.filter(({ url }) => hasLogin(new URL(url)));
  const [first] = served;
  if (first === undefined) return undefined;
  const urls = served.map(({ url }) => new URL(url));
  return {
    addresses,
    url: first.url,
    hosts: [...new Set(urls.map(({ hostname }) => hostname))],
    ports: [...new Set(urls.flatMap(({ port }) => (port === '' ? [] : [Number(port)])))],
    networks: served.map(({ network, tags }) => ({ name: network, tags })),
  };
}

/** What of the networks' login servers the lab leaves to its machines. */
export const loginNotes = ({ logins }: Pick<Required<LabNeeds>, 'logins'>): string[] =>
  logins
    .filter(({ url }) => !hasLogin(new URL(url)))
    .map(
      ({ network, url }) =>
        `network ${network}: the lab has a login server only for https:// and a name, not for ${url}`,
    );

/** One record for each name and family; a name that occurs twice has the addresses of both. */
function recordsOf(names: Required<LabNeeds>['names']): DnsRecord[] {
  const all = new Map<string, Set<string>>();
  for (const { name, addresses } of names) {
    const known = all.get(name) ?? new Set();
    for (const address of addresses) known.add(address);
    all.set(name, known);
  }
  return [...all].flatMap(([name, addresses]) =>
    ([4, 6] as const).map((family) => ({
      name,
      type: family === 4 ? ('A' as const) : ('AAAA' as const),
      answers: [...addresses].filter((address) => familyOf(address) === family),
    })),
  );
}

/** The authority's connections come from its own address. */
export function placesOf({ dns, authority, login, visitor }: InternetPlan): Place[] {
  const services = [...(authority?.addresses ?? []), ...(authority?.standsForAt ?? []), ...dns.addresses];
  return [
    { namespace: SERVICES, addresses: services },
    ...(login === undefined ? [] : [{ namespace: LOGINS, addresses: login.addresses }]),
    { namespace: VISITOR, addresses: visitor },
  ];
}

/** Text of the resolv.conf of somebody with these addresses: only servers of families that it has. */
export function resolverText({ dns }: InternetPlan, addresses: readonly string[]): string {
  const families = new Set(addresses.map(familyOf));
  return dns.addresses
    .filter((address) => families.has(familyOf(address)))
    .map((address) => `nameserver ${address}\n`)
    .join('');
}

export const resolverFile = (internet: InternetPlan, addresses: readonly string[]) =>
  plainFile('/etc/resolv.conf', resolverText(internet, addresses));

import { outsideAddresses } from '../../../src/model/atlas.js';
import { problemsOf, resolve } from '../../inventory/support.js';

const both = [true, false];
/** A node, by what its place gives it. */
const PLACES = both.flatMap((own) =>
  both.flatMap((site) =>
    both.flatMap((nat) =>
      both.flatMap((router) =>
        both.flatMap((forward) => both.map((lan) => ({ own, site, nat, router, forward, lan }))),
      ),
    ),
  ),
);

const text = ({ own, site, nat, router, forward, lan }: (typeof PLACES)[number]): string => `name: places
${
  site
    ? `sites:
  home:
    subnet: 203.0.113.0/24
    router: 203.0.113.1
    nat: ${nat}
${router ? '    public: 198.51.100.1\n' : ''}${forward ? '    forwards: [{ port: 443, node: box, protocol: tcp }]\n' : ''}`
    : ''
}nodes:
  box:
    ssh: { host: box.example.com }
${own ? '    public: 198.51.100.8\n' : ''}${site ? '    site: home\n' : ''}${site && lan ? '    lan: 203.0.113.10\n' : ''}edges:
  box: { acme: { email: me@example.com } }
`;

it('finds an address for each place in which an edge may be', () => {
  const sound = PLACES.filter((place) => problemsOf(text(place)).length === 0);
  expect(sound.length).toBeGreaterThan(20);
  const without = sound.filter(
    (place) => (outsideAddresses(resolve(text(place)).inventory, 'box') ?? []).length === 0,
  );
  expect(without).toEqual([]);
});

it('is reached at its LAN address in a site that routes it, and at its router’s in one that does not', () => {
  const at = (nat: boolean) => {
    const place = { own: false, site: true, nat, router: true, forward: true, lan: true };
    return outsideAddresses(resolve(text(place)).inventory, 'box');
  };
  expect(at(false)).toEqual(['203.0.113.10']);
  expect(at(true)).toEqual(['198.51.100.1']);
});

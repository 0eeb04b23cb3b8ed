import type { Build } from '../../parcel.js';
import type { KnownProgram } from './known.js';

const RELEASES = 'https://github.com/caddyserver/caddy/releases/download';

const build = (version: string, architecture: string, sha256: string): Build => ({
  url: `${RELEASES}/v${version}/caddy_${version}_linux_${architecture}.tar.gz`,
  sha256,
  path: 'caddy',
});

export const CADDY: KnownProgram = {
  name: 'caddy',
  what: 'reverse proxy',
  versions: {
    '2.11.7': {
      amd64: build('2.11.7', 'amd64', '727b91701a392de6ebc5027509f548bf39979e5216340d0faed8fa5e69c84f8b'),
      arm64: build('2.11.7', 'arm64', 'd8fc6d179a5d283028a472a5618564f6ad8a86fed513e64f032b3b0b7cc45e42'),
    },
    '2.10.2': {
      amd64: build('2.10.2', 'amd64', '5c218bc34c9197369263da7e9317a83acdbd80ef45d94dca5eff76e727c67cdd'),
      arm64: build('2.10.2', 'arm64', '501e955fa634c5aab63247458c3ac655cfdd6cbf1e0436528f41248451c190ac'),
    },
  },
};

import type { Build } from '../../parcel.js';
import type { KnownProgram } from './known.js';

const RELEASES = 'https://github.com/traefik/traefik/releases/download';

const build = (version: string, architecture: string, program: string): Build => ({
  url: `${RELEASES}/v${version}/traefik_v${version}_linux_${architecture}.tar.gz`,
  program,
  path: 'traefik',
});

/** Pinned by the program itself, which others pack in their own way. */
export const TRAEFIK: KnownProgram = {
  name: 'traefik',
  what: 'reverse proxy',
  versions: {
    '3.7.15': {
      amd64: build('3.7.15', 'amd64', '34bfdfa88e321ad496d829910c6145a0743eae09cdf290e3e114b137eb948e30'),
      arm64: build('3.7.15', 'arm64', 'f5bfb83924e9645f74f4f89a3a186520ef5265d6d5422c011569dde93cd8c749'),
    },
    '3.7.13': {
      amd64: build('3.7.13', 'amd64', '327314f5a64a9b25aba05bf83b0942ab3bfde65573cee8cc1a9e5b49d268cd63'),
      arm64: build('3.7.13', 'arm64', '7415b6155dfd70f4d8ec8dd6092ec4534e016baa5f051d44f179f7b4780878ca'),
    },
  },
};

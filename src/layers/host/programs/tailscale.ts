import type { Build } from '../../parcel.js';
import type { KnownProgram } from './known.js';

/** By version and architecture: the publisher's archive, in which both programs are. */
const ARCHIVES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1.102.4': {
    amd64: '50748df1045e60b5b695f19f4c56b0da36c019948b440fb456b6584a50f0d8b9',
    arm64: '9dd1e6a592a014bbaea0103167ffe299adeda4ba14e078ce9c2895364f6c4c3f',
  },
};

function buildOf(program: string, version: string, architecture: string, sha256: string): Build {
  const folder = `tailscale_${version}_${architecture}`;
  return { url: `https://pkgs.tailscale.com/stable/${folder}.tgz`, sha256, path: `${folder}/${program}` };
}

const known = (name: string, what: string): KnownProgram => ({
  name,
  what,
  versions: Object.fromEntries(
    Object.entries(ARCHIVES).map(([version, sums]) => [
      version,
      Object.fromEntries(
        Object.entries(sums).map(([architecture, sum]) => [
          architecture,
          buildOf(name, version, architecture, sum),
        ]),
      ),
    ]),
  ),
});

export const TAILSCALE = known('tailscale', "command line of Tailscale's daemon");
export const TAILSCALED = known('tailscaled', "Tailscale's daemon");

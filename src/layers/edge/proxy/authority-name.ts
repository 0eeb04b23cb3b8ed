/**
 * The name of an authority's part of a proxy's storage, from the URL of its directory: `acme-v02.api.letsencrypt.org-directory`. It is the
 * one that Caddy makes.
 */
export function authorityName(directory: string): string {
  const { host, pathname } = new URL(directory);
  const path = pathname.replaceAll('/', '-').replace(/^-+|-+$/g, '');
  return (path === '' ? host : `${host}-${path}`)
    .toLowerCase()
    .replaceAll(':', '-')
    .replaceAll('..', '')
    .replaceAll(/[^\w@.-]/g, '');
}

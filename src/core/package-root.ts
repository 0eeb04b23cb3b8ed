/** Folder of the package, both from its sources and from the build. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);

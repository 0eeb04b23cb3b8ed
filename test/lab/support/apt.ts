const options = '-qq -y --no-install-recommends';

/** sh that installs packages on a node; what an image knows of the mirror may be days old, and then is read anew. */
export function aptInstall(packages: string): string {
  const install = `DEBIAN_FRONTEND=noninteractive apt-get install ${options} ${packages} >/dev/null 2>&1`;
  return `{ ${install} || { apt-get update -qq >/dev/null 2>&1 && ${install}; }; }`;
}

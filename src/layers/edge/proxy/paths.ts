/** Everything that a proxy of ours reads. */
export const PROXY_FOLDER = '/etc/bridgehead/proxy';
export const APPS_FOLDER = `${PROXY_FOLDER}/apps`;
/** One folder for each app with a port of its own. */
export const PORTS_FOLDER = `${PROXY_FOLDER}/ports`;
/** Files whose content is never read back. */
export const SECRETS_FOLDER = `${PROXY_FOLDER}/secret`;
export const AUTHORITY_PATH = `${PROXY_FOLDER}/authority.pem`;
/** Environment of the DNS challenge. */
export const ENVIRONMENT_PATH = `${SECRETS_FOLDER}/dns.env`;
/** Only root may read it: with it and nothing else, a password can be tried against the name of its file. */
export const SALT_PATH = `${SECRETS_FOLDER}/salt`;
/** Name of the inventory whose edge the node is. */
export const OWNER_PATH = `${PROXY_FOLDER}/inventory`;
/** The system user that a proxy runs as. */
export const PROXY_USER = 'bridgehead-proxy';
/** On the loopback address: what the proxy serves. */
export const STATUS_PORT = 9180;
/** On the loopback address: the page of apps under maintenance. */
export const MAINTENANCE_PORT = 9181;

export const unitPath = (unit: string): string => `/etc/systemd/system/${unit}`;

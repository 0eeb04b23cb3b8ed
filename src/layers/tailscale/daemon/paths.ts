export const TAILSCALED = 'tailscaled.service';
export const TAILNET_LINK = 'tailscale0';

/** Where the `program` step links it. */
export const DAEMON_PATH = '/usr/local/bin/tailscaled';

/** Its key and settings: who the node is in its tailnet. */
export const STATE_FOLDER = '/var/lib/tailscale';
export const STATE_FILE = `${STATE_FOLDER}/tailscaled.state`;

export const UNIT_PATH = `/etc/systemd/system/${TAILSCALED}`;
export const DROP_IN_FOLDER = `${UNIT_PATH}.d`;
/** Beside a unit of the publisher's package. */
export const DROP_IN_PATH = `${DROP_IN_FOLDER}/bridgehead.conf`;

const FOLDER = '/etc/bridgehead';
export const ENVIRONMENT_PATH = `${FOLDER}/tailscaled.env`;
export const AUTHORITY_PATH = `${FOLDER}/tailscale-ca.pem`;
/** Which tailnet of which inventory the node was made a member of. */
export const RECORD_PATH = `${FOLDER}/tailscale`;
export const FORWARDING_PATH = '/etc/sysctl.d/99-bridgehead-tailscale.conf';

/** What the daemon reads when it starts. */
export const READ_AT_START = [UNIT_PATH, DROP_IN_PATH, ENVIRONMENT_PATH, AUTHORITY_PATH] as const;

/** Everything that is written for a tailnet. */
export const OWN_FILES = [...READ_AT_START, RECORD_PATH, FORWARDING_PATH] as const;
export type OwnFile = (typeof OWN_FILES)[number];

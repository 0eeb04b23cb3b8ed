import type { Question } from '../../../remote/question.js';
import { reading, sh } from '../../../remote/script.js';
import askScript from './ask.sh';
import { parsePrefs, type SeenPrefs } from './prefs.js';
import { parseStatus, type SeenStatus } from './status.js';

export const STATUS: Question<SeenStatus | undefined> = {
  script: sh`printf '%s\n' "${reading(`${askScript}tailscale_asked status --json`)}"`,
  parse: ({ stdout }) => parseStatus(stdout),
};

/** The same, once a tailscaled that has just started knows whether it is in its tailnet. */
export const SETTLED_STATUS: Question<SeenStatus | undefined> = {
  ...STATUS,
  script: sh`printf '%s\n' "${reading(`${askScript}tailscale_settled`)}"`,
};

export const PREFS: Question<SeenPrefs | undefined> = {
  script: sh`printf '%s\n' "${reading(`${askScript}tailscale_asked debug prefs`)}"`,
  parse: ({ stdout }) => parsePrefs(stdout),
};

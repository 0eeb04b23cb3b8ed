/** DCS, SOS, OSC, PM and APC strings, up to their end mark or the end of the line. */
const CONTROL_STRINGS = /(?:\x1b[PX\]^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?/g;
const CONTROL_SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?/g;
const OTHER_ESCAPES = /\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const ANY = new RegExp(`${CONTROLS.source}|${BIDI.source}`);

/** Whether there is something in a text that {@link sanitize} takes out. */
export const hasControls = (text: string): boolean => ANY.test(text);

/**
 * Text from a remote machine, made safe for a terminal: without escape sequences, without control characters other
 * than newline and tab, without marks that reverse the reading order. `maxLength` counts UTF-16 units; what is
 * cut off is marked by `…`.
 */
export function sanitize(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const clean = text
    .replace(CONTROL_STRINGS, '')
    .replace(CONTROL_SEQUENCES, '')
    .replace(OTHER_ESCAPES, '')
    .replace(CONTROLS, '')
    .replace(BIDI, '');
  if (clean.length <= maxLength) return clean;
  const cut = clean.slice(0, Math.max(0, maxLength - 1));
  return `${cut.replace(/[\ud800-\udbff]$/, '')}…`;
}

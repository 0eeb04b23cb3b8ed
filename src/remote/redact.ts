const REDACTED = '[redacted]';

/** Cheap to look for: a text without any of these holds nothing that the patterns below know. */
const SUSPICIOUS = /key|psk|pass|secret|token|authorization|:\/\//i;
const WIREGUARD_KEY =
  /((?:private|preshared|secret)[ _-]?key|psk)(["']?\s*[:=]?\s*["']?)(?:[A-Za-z0-9+/]{43}=|[0-9a-f]{64}\b)/gi;
const PRIVATE_KEY_BLOCK = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;
const AGE_KEY = /AGE-SECRET-KEY-1[A-Z0-9]+/gi;
const AUTHORIZATION = /(\bauthorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token)\s+)?)[^\s"']+/gi;
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;
/** A path says where a password is, `Sorry,` comes after a prompt, and the others are settings. */
const NO_PASSWORD = `(?!["']?(?:[/~]|\\.{0,2}/|Sorry,|(?:true|false|yes|no|none|null)\\b|\\[redacted]))`;
const PASSWORD = new RegExp(
  `((?:pass(?:word|wd|phrase)|secret|(?:auth|access|api)[ _-]?(?:token|key)|token)(?: for [\\w.@-]+)?["']?[ \\t]*[:=][ \\t]*)` +
    `${NO_PASSWORD}(?:"[^"\\n]*"|'[^'\\n]*'|\\S+)`,
  'gi',
);

/**
 * A text without what looks like a secret: private and preshared keys, passwords after their name or a prompt. What a program
 * prints when it fails may quote the line that it failed at.
 */
export function redact(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(PRIVATE_KEY_BLOCK, REDACTED)
    .replace(AGE_KEY, REDACTED)
    .replace(WIREGUARD_KEY, `$1$2${REDACTED}`)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(IN_ADDRESS, `$1${REDACTED}`)
    .replace(PASSWORD, `$1${REDACTED}`);
}

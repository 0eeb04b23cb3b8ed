import { hasControls, sanitize } from './sanitize.js';

const REDACTED = '[redacted]';

/** Cheap to look for: a text without any of these holds nothing that the patterns below know. */
const SUSPICIOUS =
  /key|psk|pass|pwd|secret|token|authorization|curl|:\/\/|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|eyJ/i;
const WIREGUARD_KEY =
  /((?:private|preshared|secret)[ _-]?key|psk)(["']?\s{0,20}[:=]?\s{0,20}["']?)(?:[A-Za-z0-9+/]{43}=|[0-9a-f]{64}\b)/gi;
/** A key that lost its end, or isn't one. */
const SPOILT_KEY =
  /((?:private|preshared)[ _-]?key["']?[ \t]*[:=][ \t]*["']?)(?:[A-Za-z0-9+/]{43}(?![\w./-])|[A-Za-z0-9+][A-Za-z0-9+/]{19,}={0,2})/gi;
/** wg quotes a key exactly when it is not well formed. */
const REFUSED_KEY = /(key is not the correct length or format:[ \t]*)[^\n]+/gi;
const PRIVATE_KEY_BLOCK = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;
const AGE_KEY = /AGE-SECRET-KEY-1[A-Z0-9]+/gi;
/** Tokens that say by their first letters what they are: of GitHub, GitLab and Slack, and JSON web tokens. */
const MARKED_TOKEN =
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)/g;
const CURL_LOGIN = /(\bcurl\b[^\n|;&]{0,300}?\s(?:-u|--user)[ =]?["']?[^\s:"']+:)[^\s"']+/gi;
const SSHPASS = /(\bsshpass[ \t]+-p[ \t]*)(?:"[^"\n]*"|'[^'\n]*'|\S+)/gi;
const NETRC = /(\blogin[ \t]+\S+[ \t\n]+password[ \t]+)\S+/gi;
const AUTHORIZATION = /(\bauthorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token)\s+)?)[^\s"']+/gi;
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;
/** Who logs in to a web address without a password is a token. */
const TOKEN_IN_ADDRESS = /(\bhttps?:\/\/)[^\s/:@]+(?=:?@)/gi;
const OPTION =
  /(--[\w-]{0,30}(?:pass(?:word|wd|phrase)?|secret|token)[ \t]+)(?![-/~[]|(?:and|as|for|in|is|or|to|was|with)\b)(?:"[^"\n]*"|'[^'\n]*'|\S+)/gi;
/** A path says where a password is, `Sorry,` comes after a prompt, and the others are settings. */
const NO_PASSWORD = `(?!["']?(?:[/~]|\\.{0,2}/|Sorry,|(?:true|false|yes|no|none|null)\\b|\\[redacted]))`;
const QUOTED = `"[^"\\n]*"|'[^'\\n]*'`;
const PASSWORD = new RegExp(
  `((?:pass(?:word|wd|phrase)|(?<=_)(?:pass|pwd)|\\b(?:pwd|psk)(?==)|secret(?:[ _-](?:access[ _-])?key)?|` +
    `(?:auth|access|api)[ _-]?(?:token|key)|token)(?: for [\\w.@-]+)?["']?[ \\t]*[:=][ \\t]*)` +
    `${NO_PASSWORD}(?:${QUOTED}|\\S+)`,
  'gi',
);
/** Words after a prompt, to the end of the line. */
const PASSPHRASE = new RegExp(
  `(passphrase(?: for (?:key )?["']?[\\w.@/~-]+)?["']?:[ \\t]*)${NO_PASSWORD}(?:${QUOTED}|\\S[^\\r\\n]*)`,
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
    .replace(SPOILT_KEY, `$1${REDACTED}`)
    .replace(REFUSED_KEY, `$1${REDACTED}`)
    .replace(MARKED_TOKEN, REDACTED)
    .replace(CURL_LOGIN, `$1${REDACTED}`)
    .replace(SSHPASS, `$1${REDACTED}`)
    .replace(NETRC, `$1${REDACTED}`)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(IN_ADDRESS, `$1${REDACTED}`)
    .replace(TOKEN_IN_ADDRESS, `$1${REDACTED}`)
    .replace(OPTION, `$1${REDACTED}`)
    .replace(PASSPHRASE, `$1${REDACTED}`)
    .replace(PASSWORD, `$1${REDACTED}`);
}

/** A text as it is, unless a secret is in it, even one that control characters take apart: then without both. */
export function withoutSecrets(text: string): string {
  const plain = hasControls(text) ? sanitize(text) : text;
  const clean = redact(plain);
  return clean === plain ? text : clean;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Literal, literalsOf } from './support/literals.js';

/** Commands that can cut a machine off, or do away with what somebody still needs; no advice may name one. */
const CUTTING = [
  /\bip (-\S+ )*(l|link) (del|delete|set\b.*\bdown)\b/,
  /\bip (-\S+ )*(a|addr|address|r|ro|route|rule|neigh) (del|delete|flush|replace|change)\b/,
  /\bifdown\b|\bifconfig \S+ down\b/,
  /\bwg-quick (down|save)\b|\bwg set\b|\bwg (setconf|syncconf)\b/,
  /\bsystemctl (--?\S+ )*(stop|restart|try-restart|reload-or-restart|disable|mask|kill|isolate|halt|poweroff)\b/,
  /\bservice \S+ (stop|restart)\b|\/etc\/init\.d\/\S+ (stop|restart)\b/,
  /\bufw (--?\S+ )*(enable|disable|reset|reload|default|deny|reject|delete)\b/,
  /\bfirewall-cmd\b.*--(reload|panic-on|remove)|\bfirewall-cmd --complete-reload\b/,
  /\bnft (--?\S+ )*(flush|delete|destroy|-f|insert|replace)\b|\bflush ruleset\b/,
  /\bip6?tables (.*\s)?(-F|-X|-D|-P|-R|--flush|--delete|--policy)\b|\biptables-restore\b(?! --test)/,
  /(?<!-)\brm (-\S+ )*-\S*[rR]/,
  /\bnetplan (apply|try)\b|\bnetworkctl (down|delete|reload|reconfigure)\b|\bnmcli\b.*\b(down|delete|off)\b/,
  /\b(pkill|killall|kill -\S+|fuser -k)\b/,
  /\b(rmmod|modprobe -r)\b/,
  /\b(shutdown|poweroff|halt|telinit|init [06])\b(?! of)/,
  /\bapt(-get)? (-\S+ )*(remove|purge|autoremove)\b|\bdpkg (-\S+ )*(-r|-P|--purge|--remove)\b/,
  /-uninstall\.sh\b/,
  /\b(usermod|passwd|chpasswd|userdel|visudo)\b.*\b(-L|-l|--lock|root)\b/,
  /\btake (\$\{\w+\}|\S+) down\b/,
  /\btailscale (down|logout|(up|set|login)\b.*--(force-reauth|reset|exit-node|accept-routes|netfilter-mode))/,
];

/** What is advice by where it stands: the value of something of that name, or what a function of that name answers. */
const ADVISING =
  /(?<!pre|suf)fix|repair|hint|remedy|advice|help|message|Error$|seen|expected|evidence|why|explain|refus|usage|detail|description|report|say/i;
/** Folders whose text is for people working with disposable machines on their own computer. */
const DISPOSABLE = /^src\/lab\//;

/** Names that a text may stand under, the nearest last: a key, a variable, a function, an error. */
const NAMES = /[{,(]\s*(?:readonly )?'?(\w+)'?\??:|\b(?:const|let)\s+(\w+)|\bfunction\s+(\w+)|#?(\w+)\(/g;
/** What the machines are sent. */
const SENT = /^(?:\w*[Ss]cript|command|quote|reading)$/;

function isAdvice({ text, before }: Literal): boolean {
  // What a person should type is in backquotes.
  if (/`[^`]+`/.test(text)) return true;
  const names = [...before.matchAll(NAMES)].map(
    (match) => match.slice(1).find((name) => name !== undefined) ?? '',
  );
  const nearest = names.findLast((name) => SENT.test(name) || ADVISING.test(name));
  return nearest !== undefined && !SENT.test(nearest);
}

interface Advice {
  readonly where: string;
  readonly text: string;
}

/** What a program on a node says to people: the arguments of those that report, refuse or fail. */
const SAYING = /\b(?:die|refuse|fail|failed|undone|undo_arming|note|warn) +(['"].*)/;

/** All text in a source file that says to a person what to do or what is wrong. */
function adviceIn(file: string, source: string): Advice[] {
  if (!file.endsWith('.ts')) {
    return source.split('\n').flatMap((text, index) => {
      const [, said] = SAYING.exec(text) ?? [];
      return said === undefined ? [] : [{ where: `${file}:${index + 1}`, text: said }];
    });
  }
  return literalsOf(source)
    .filter(isAdvice)
    .map(({ text, line }) => ({ where: `${file}:${line}`, text }));
}

/** What somebody else did, or would do, isn't advice. */
const DONE_BY_OTHERS = /\b(?:someone ran|which) (?:`[^`]*`(?:, | or )?)+/gi;

const cutting = ({ where, text }: Advice): string[] => {
  const advised = text.replaceAll(DONE_BY_OTHERS, '');
  const named = CUTTING.find((pattern) => pattern.test(advised));
  return named ? [`${where}: ${named.exec(advised)?.[0]}`] : [];
};

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file))
  .filter((file) => /\.(ts|sh|pl)$/.test(file) && !DISPOSABLE.test(file));
const advice = sources.flatMap((file) => adviceIn(file, readFileSync(file, 'utf8')));

/** Pages about what a step or a command does by itself, and about machines that are only rehearsed on. */
const DESCRIBING = /^(steps\/|adopt\.md$|lab\.md$|faults\.md$)/;

const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !DESCRIBING.test(file))
  .map((file) => join('docs', file));

describe('what people are advised to do', () => {
  it('is found in the sources', () => {
    expect(advice.length).toBeGreaterThan(700);
    const files = new Set(advice.map(({ where }) => where.split(':')[0]));
    expect(files.size).toBeGreaterThan(100);
    expect([...files].filter((file) => file?.endsWith('.sh')).length).toBeGreaterThan(10);
  });

  it('never names a command that can cut a machine off', () => {
    expect(advice.flatMap(cutting)).toEqual([]);
  });

  it.each(pages)('never does so in %s', (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.flatMap((text, index) => cutting({ where: `${file}:${index + 1}`, text }))).toEqual([]);
  });
});

describe('the search for advice that cuts', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: sources that hold templates
  it.each([
    ["const a = { fix: 'run `ip link del host0`' };", 1],
    ['const fix = `\\`wg-quick down ${name}\\` first`;', 1],
    ['const fix = bad ? `systemctl restart ssh on ${node}` : undefined;', 1],
    ["throw new BridgeheadError('E_STEP', 'no', { fix: `see it, then rm -rf ${folder}` });", 1],
    ["function sudoFix() { return 'ufw enable, then again'; }", 1],
    ['const fix = `ip -${family} rule del pref 3`;', 1],
    ["const fix = /['`]/.test(a) ? 'nft flush ruleset' : '';", 1],
    ["const a = { fix: 'no', script: 'ip link del dev wg0' };", 0],
    ["const a = { fix: 'apply the phase that makes the tunnel' };", 0],
    ["const a = { fix: '`systemctl status ssh` shows it' };", 0],
    ["const a = { seen: 'someone ran `nft flush ruleset`, `nft -f` or the like' };", 0],
    ["const a = { fix: 'someone ran it; run `nft flush ruleset`' };", 1],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: until here
  ])('%s', (source, hits) => {
    expect(adviceIn('a.ts', source).flatMap(cutting)).toHaveLength(hits);
  });
});

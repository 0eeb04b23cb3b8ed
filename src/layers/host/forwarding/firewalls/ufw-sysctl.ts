import { command, quote } from '../../../../remote/quote.js';
import type { Change } from '../../../step.js';

/** UFW's own file of kernel settings, which it sets at every start and reload. */
export interface UfwSettings {
  readonly path: string;
  /** Its lines on forwarding. */
  readonly lines: readonly string[];
}

const WAS = '# bridgehead, instead of: ';

/** What `firewalls.sh` says of it: the path, then the lines. */
export function parseUfwSettings(text: string): UfwSettings | undefined {
  const [path, ...lines] = text.split('\n').filter((line) => line !== '');
  return path?.startsWith('/') ? { path, lines } : undefined;
}

/** The setting that a line makes. */
export function settingOf(line: string): { readonly key: string; readonly value: string } | undefined {
  const [, name, value] = /^\s*-?\s*(net[./][^\s=]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return { key: name.replaceAll('/', '.'), value };
}

/** For sed: restores the original values in UFW's file. */
export const UFW_VALUES_BACK = `/^${WAS}/{N;s/^${WAS}\\(.*\\)\\n.*$/\\1/}`;

const toPattern = (line: string): string => line.replaceAll(/[\\.*[\]^$/]/g, '\\$&');

/** Also sets what UFW would turn off again in UFW's own file; `[]` if it wouldn't. */
export function planUfwSettings(keys: readonly string[], ufw: UfwSettings | undefined): Change[] {
  const wrong = (ufw?.lines ?? []).flatMap((line) => {
    const setting = settingOf(line);
    return setting && keys.includes(setting.key) && setting.value !== '1' ? [{ line, ...setting }] : [];
  });
  if (ufw === undefined || wrong.length === 0) return [];
  const edits = wrong.map(
    ({ line, key }) => `-e ${quote(`s/^${toPattern(line)}$/${WAS}&\\n${key.replaceAll('.', '\\/')}=1/`)}`,
  );
  return [
    {
      summary: `${ufw.path}: ${[...new Set(wrong.map(({ key }) => `${key.replaceAll('.', '/')}=1`))].join(', ')}, which \`ufw reload\` would turn off`,
      disruption: { level: 'none' },
      diff: wrong.map(({ line, key }) => `-${line}\n+${key.replaceAll('.', '/')}=1`).join('\n'),
      script: `sed -i ${[...new Set(edits)].join(' ')} ${quote(ufw.path)}`,
    },
  ];
}

/** Gives UFW's file its own values back. */
export function planUfwSettingsBack(ufw: UfwSettings | undefined): Change[] {
  if (!ufw?.lines.some((line) => line.startsWith(WAS))) return [];
  return [
    {
      summary: `${ufw.path}: its original values`,
      disruption: { level: 'none' },
      script: command('sed', '-i', UFW_VALUES_BACK, ufw.path),
    },
  ];
}

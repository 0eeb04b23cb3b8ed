import type { Question } from '../../../remote/question.js';
import { reading, sh } from '../../../remote/script.js';

/** One line of a file that sets kernel values. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The files that set kernel values at boot, as a node has them. */
export interface BootSettings {
  /** Lines by path; a file without any still hides those of the same name in later folders. */
  readonly files: ReadonlyMap<string, readonly Line[]>;
}

/** Of two files with one name, systemd-sysctl reads the one in the earlier folder. */
export const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'];
export const UFW_SETTINGS = '/etc/ufw/sysctl.conf';
export const UFW_SWITCH = '/etc/ufw/ufw.conf';
export const UFW_DEFAULTS = '/etc/default/ufw';
/** Debian 12 has this link, and so reads it; Debian 13 does not. */
export const LINKED = { link: '/etc/sysctl.d/99-sysctl.conf', target: '/etc/sysctl.conf' };

const GLOBS = FOLDERS.map((folder) => `${folder}/*.conf`).join(' ');

/** POSIX sh: every name, then every line that may set something. */
const READ_SETTINGS = sh`settings=${reading(
  `LC_ALL=C grep -Hns '^[[:space:]]*[^#;[:space:]]' ${GLOBS} ${UFW_SWITCH} ${UFW_DEFAULTS} ${UFW_SETTINGS} /dev/null`,
)}
printf 'boot %s\\n' ${GLOBS}
[ -z "$settings" ] || printf '%s\\n' "$settings"`;

/** What the files that set kernel values at boot say. */
export const BOOT_SETTINGS: Question<BootSettings> = {
  script: READ_SETTINGS,
  parse: ({ stdout }) => parseBootSettings(stdout.split('\n')),
};

/** Other lines are skipped. */
export function parseBootSettings(lines: readonly string[]): BootSettings {
  const files = new Map<string, Line[]>();
  for (const line of lines) {
    const named = /^boot (\/.*[^*]\.conf)$/.exec(line)?.[1];
    if (named !== undefined) files.set(named, files.get(named) ?? []);
    const [, file, number, text] = /^(\/[^:]*):(\d+):(.*)$/.exec(line) ?? [];
    if (file === undefined || text === undefined || file.startsWith('/proc/')) continue;
    files.set(file, [...(files.get(file) ?? []), { number: Number(number), text: text.trim() }]);
  }
  return { files };
}

/** The same with the new content of one file; undefined removes the file. */
export function withFile({ files }: BootSettings, path: string, text: string | undefined): BootSettings {
  const changed = new Map(files);
  const hasLink = changed.has(LINKED.link);
  const file = path === LINKED.target && hasLink ? LINKED.link : path;
  if (text === undefined) changed.delete(file);
  else {
    const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line.trim() }));
    changed.set(
      file,
      lines.filter((line) => /^[^#;]/.test(line.text)),
    );
  }
  return { files: changed };
}

/** Whether a file sets kernel values at boot, judged by its path. */
export function isReadAtBoot(path: string): boolean {
  if (path === LINKED.target || path === UFW_SETTINGS) return true;
  return FOLDERS.some(
    (folder) => path.startsWith(`${folder}/`) && /^[^/]+\.conf$/.test(path.slice(folder.length + 1)),
  );
}

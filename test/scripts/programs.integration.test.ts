import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { stripped }: { readonly stripped: (text: string, file: string) => string } = await import(
  pathToFileURL('scripts/programs.js').href
);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((file) => join('src', file));

/** What bash makes of the text, which it says without comments and in its own layout. */
function understood(text: string): string {
  const { stdout, stderr } = spawnSync('bash', ['-s'], {
    input: `f() {\n${text}\n}\ndeclare -f f`,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.replace(/^[ \t]+/gm, '');
}

it.each(files.filter((file) => file.endsWith('.sh')))('%s means the same without its indentation', (file) => {
  const text = readFileSync(file, 'utf8');
  const sent = stripped(text, file);
  expect(sent).not.toMatch(/^ *#/m);
  expect(understood(sent)).toBe(understood(text));
});

/** What perl makes of it, which it says without comments and in its own layout. */
function compiled(...texts: readonly string[]): string {
  const { stdout, stderr } = spawnSync('perl', ['-MO=Deparse', '-'], {
    input: `${texts.join('')}\n__END__\n`,
    encoding: 'utf8',
  });
  expect(stderr).toBe('- syntax OK\n');
  return stdout;
}

const PRELUDE = 'src/packets/prelude.pl';

it.each(files.filter((file) => file.endsWith('.pl')))('%s means the same without its indentation', (file) => {
  const text = readFileSync(file, 'utf8');
  const isPacketProgram = file !== PRELUDE && file.startsWith(`${dirname(PRELUDE)}/`);
  const before = isPacketProgram ? [readFileSync(PRELUDE, 'utf8')] : [];
  const sent = stripped(text, file);
  expect(sent).not.toMatch(/^[ \t#]/m);
  expect(compiled(...before, sent)).toBe(compiled(...before, text));
});

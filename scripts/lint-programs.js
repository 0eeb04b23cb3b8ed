// Checks every sh and perl program that has its own file: shellcheck, `perl -c`, and lines of at most 110.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FILE, stripped } from './programs.js';

const WIDTH = 110;
/** Sent before a packet program when it runs. */
const PRELUDE = join('src', 'packets', 'prelude.pl');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const files = ['action', 'docker', 'src', 'test/support/docker']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => PROGRAM_FILE.test(file))
  .sort();
const problems = files.flatMap(wideLines);
const shell = files.filter((file) => file.endsWith('.sh'));
problems.push(...said('shellcheck', ['--shell=dash', '--format=gcc', ...shell]));
for (const file of files.filter((one) => one.endsWith('.pl'))) problems.push(...perlProblems(file));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function wideLines(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    line.length > WIDTH ? [`${file}:${index + 1}: ${line.length} columns; at most ${WIDTH}`] : [],
  );
}

/** Compiles it as a node does: without comments and indentation, and with the prelude in front. */
function perlProblems(file) {
  const program = (one) => stripped(readFileSync(one, 'utf8'), one);
  const before = file !== PRELUDE && file.startsWith(`${dirname(PRELUDE)}/`) ? program(PRELUDE) : '';
  return said('perl', ['-c', '-'], `${before}${program(file)}\n__END__\n`).map((line) => `${file}: ${line}`);
}

/** The program's complaints, line by line. */
function said(command, args, input = '') {
  const { status, error, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (error?.code === 'ENOENT') return [`${command} is not installed; apt-get install ${command}`];
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');
}

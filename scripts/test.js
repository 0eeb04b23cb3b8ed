// Runs the unit and the integration tests, then the lab's if it can run. `--require-lab` and CI=true fail if it can't.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-test-'));
const own = process.argv.slice(2);
const wantsLab = own.includes('--require-lab') || process.env.CI === 'true';
const canLab = process.platform === 'linux' && process.getuid?.() === 0;

const total = { passed: 0, failed: 0, skipped: 0 };
let good = runProject('unit', ['--maxWorkers=3']);
good = runProject('integration', []) && good;
if (canLab) {
  good = runProject('lab', ['--runInBand']) && good;
} else {
  console.error('\nlab tests SKIPPED: need root on Linux\n');
  if (wantsLab) good = false;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = good ? 0 : 1;

function runProject(project, flags) {
  const report = join(folder, `${project}.json`);
  const words = [jest, '--selectProjects', project, ...flags, '--json', `--outputFile=${report}`];
  const { status } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', ...words], {
    cwd: root,
    // Standard output is Jest's JSON, which is already in the report file; people read its standard error.
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  return count(report) && status === 0;
}

function count(report) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    console.error(`no test report was written: ${error.message}`);
    return false;
  }
  const suites = result.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests + suites.length;
  total.skipped += result.numPendingTests + result.numTodoTests;
  return result.success;
}

// Runs the unit and the integration tests, then the lab's if it can run: node scripts/test.js [SUITE…] [JEST'S ARGUMENTS…]
//
// Without a suite it runs all three. `--require-lab` and CI=true fail if the lab can't run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-test-'));
const SUITES = ['unit', 'integration', 'lab'];
const given = process.argv.slice(2);
const isSuite = (word) => SUITES.includes(word);
const named = given.some(isSuite) ? given.filter(isSuite) : SUITES;
const others = given.filter((word) => !isSuite(word) && word !== '--require-lab');
// What is meant for one project needn't fit the next.
const forJest = others.length > 0 ? ['--passWithNoTests', ...others] : [];
const wantsLab = given.includes('--require-lab') || process.env.CI === 'true';
const canLab = process.platform === 'linux' && process.getuid?.() === 0;

const total = { passed: 0, failed: 0, skipped: 0 };
let good = true;
if (named.includes('unit')) good = runProject('unit', ['--maxWorkers=3']) && good;
if (named.includes('integration')) good = runProject('integration', []) && good;
if (named.includes('lab') && canLab) {
  // Mostly they wait, so two at once take half as long.
  good =
    runProject('lab', ['--maxWorkers=2', '--testSequencer=./scripts/lab-tests/longest-first.js']) && good;
  good = runProject('lab-alone', ['--runInBand']) && good;
} else if (named.includes('lab')) {
  console.error('\nlab tests SKIPPED: need root on Linux\n');
  if (wantsLab) good = false;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = good ? 0 : 1;

function runProject(project, flags) {
  const report = join(folder, `${project}.json`);
  const words = [jest, '--selectProjects', project, ...flags, ...forJest, '--json', `--outputFile=${report}`];
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

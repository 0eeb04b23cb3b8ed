// Where Jest runs a unit test: in the worker's own realm, which all test files of a worker share. So a file fails
// if its tests leave the process changed, since that would affect the next one.

/** Libraries add listeners for other events when they are loaded. */
const WATCHED_EVENTS = /^(SIG(?!WINCH)|uncaught|unhandled)/;

/** What a test may change temporarily, by name. */
function look() {
  const events = process
    .eventNames()
    .map(String)
    .filter((name) => WATCHED_EVENTS.test(name));
  return new Map([
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value]),
    ...events.map((name) => [`listeners of ${name}`, process.listenerCount(name)]),
    ['process.cwd()', process.cwd()],
    ['process.umask()', process.umask()],
    ['process.exitCode', process.exitCode],
    ['process.stdout.write', process.stdout.write],
    ['process.stderr.write', process.stderr.write],
    ['process.stdout.isTTY', process.stdout.isTTY],
  ]);
}

export default class SharedRealm {
  global = globalThis;
  #own = { console, exit: process.exit };
  #before = look();
  #hasRun = false;

  getVmContext() {
    return null;
  }

  /** A file that could not be loaded has an error of its own to show. */
  handleTestEvent({ name }) {
    if (name === 'run_finish') this.#hasRun = true;
  }

  async setup() {}

  async teardown() {
    globalThis.console = this.#own.console;
    process.exit = this.#own.exit;
    const after = look();
    const names = new Set([...this.#before.keys(), ...after.keys()]);
    const changed = [...names].filter((name) => this.#before.get(name) !== after.get(name));
    if (this.#hasRun && changed.length > 0)
      throw new Error(`the tests of this file leave changed: ${changed.join(', ')}`);
  }
}

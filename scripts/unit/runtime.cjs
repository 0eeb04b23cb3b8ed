// How Jest loads a unit test: from the bundle, as Node itself would. All test files of a worker share its modules, so
// each source is compiled and run once a worker. Only jest-circus is run anew for each file, as it keeps the file's tests.
const asyncHooks = require('node:async_hooks');
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname, join, relative } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const CIRCUS_HANDLERS = Symbol.for('EVENT_HANDLERS');
const compiled = new Map();
const storages = [];
let imports = 0;

/** Node goes through all of them whenever a promise is made, so those of files that have ended are disabled. */
class FileStorage extends asyncHooks.AsyncLocalStorage {
  constructor() {
    super();
    storages.push(this);
  }
}

function compile(path) {
  const load = createRequire(path);
  const own = (id) => (id === 'node:async_hooks' ? { AsyncLocalStorage: FileStorage } : load(id));
  return {
    run: new Script(wrap(readFileSync(path, 'utf8')), { filename: path }).runInThisContext(),
    require: Object.assign(own, load),
  };
}

/** The methods are those that jest-runner and jest-circus call of jest-runtime. */
module.exports = class BundleRuntime {
  #root;

  constructor(projectConfig) {
    this.#root = projectConfig.rootDir;
  }

  requireInternalModule(path) {
    delete globalThis[CIRCUS_HANDLERS];
    const { run, require } = compiled.get(path) ?? compile(path);
    compiled.set(path, { run, require });
    const module = { exports: {} };
    run(module.exports, require, module, path, dirname(path));
    return module.exports;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** Under another name each time: in watch mode one process runs an unchanged file again. */
  async unstable_importModule(path) {
    const bundled = join(process.env.UNIT_BUNDLE, relative(this.#root, path).replace(/\.ts$/, '.mjs'));
    imports += 1;
    return import(`${pathToFileURL(bundled)}?${imports}`);
  }

  /** None of its own: each file of the bundle names its map. */
  getSourceMaps() {
    return new Map();
  }

  teardown() {
    for (const storage of storages.splice(0)) storage.disable();
  }

  requireModule() {}
  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}
  getAllCoverageInfoCopy() {}
};

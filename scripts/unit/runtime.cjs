// How Jest loads a unit test: from the bundle, as Node itself would. All test files of a worker share its modules, so
// each source is compiled and run once a worker. jest-circus alone is loaded anew for each, as it keeps the file's tests.
const { join, relative } = require('node:path');
const { pathToFileURL } = require('node:url');

const CIRCUS_HANDLERS = Symbol.for('EVENT_HANDLERS');
let imports = 0;

/** The methods are those that jest-runner and jest-circus call of jest-runtime. */
module.exports = class BundleRuntime {
  #root;

  constructor(projectConfig) {
    this.#root = projectConfig.rootDir;
  }

  requireInternalModule(path) {
    delete globalThis[CIRCUS_HANDLERS];
    delete require.cache[path];
    return require(path);
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

  requireModule() {}
  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}
  getAllCoverageInfoCopy() {}
  teardown() {}
};

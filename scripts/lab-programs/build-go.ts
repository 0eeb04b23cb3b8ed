// Builds programs with Go, once: node scripts/run-ts.js scripts/lab-programs/build-go.ts [NAME…]
import { installGoPrograms } from './from-go.js';

const names = process.argv.slice(2);
installGoPrograms(names.length > 0 ? names : undefined);

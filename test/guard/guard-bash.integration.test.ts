import { describeGuard } from './support/guard-suite.js';

describeGuard('bash');

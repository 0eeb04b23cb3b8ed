// One limit for every test and hook of the lab: far beyond what a slow machine needs, so only what hangs meets it.
import { jest } from '@jest/globals';

jest.setTimeout(900_000);

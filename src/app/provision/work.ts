import { makeClientKeys } from './work/client-keys.js';
import { apply, measureForwards, plan, rehearseFiles } from './work/commands.js';
import { logIn } from './work/log-in.js';
import type { Workshop } from './work/types.js';
import { write } from './work/write.js';

/** Does a piece of work. Once the files are written, each one does what the command of its name does. */
export const workOn: Workshop = async (work, request) => {
  switch (work) {
    case 'survey':
      return { survey: await logIn(request) };
    case 'write':
      return { written: write(request) };
    case 'measure':
      return { exit: await measureForwards(request) };
    case 'rehearse':
      return { exit: await rehearseFiles(request) };
    case 'plan':
      return { exit: await plan(request) };
    case 'apply':
      return { exit: await apply(request) };
    case 'phones':
      return { exit: await makeClientKeys(request) };
  }
};

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Environment {
  readonly handleTestEvent: (event: { readonly name: string }) => void;
  readonly teardown: () => Promise<void>;
}
const { default: SharedRealm }: { readonly default: new () => Environment } = await import(
  pathToFileURL(resolve('scripts/unit/environment.js')).href
);

const nothing = (): void => {};
const umask = process.umask();

describe('a test file', () => {
  it.each<[what: string, change: () => unknown, undo: () => unknown]>([
    [
      'process.env.LEFT',
      () => Object.assign(process.env, { LEFT: 'x' }),
      () => Reflect.deleteProperty(process.env, 'LEFT'),
    ],
    ['process.umask()', () => process.umask(umask ^ 0o077), () => process.umask(umask)],
    ['listeners of SIGUSR2', () => process.on('SIGUSR2', nothing), () => process.off('SIGUSR2', nothing)],
  ])('fails where it leaves %s changed', async (what, change, undo) => {
    const [realm, unloaded] = [new SharedRealm(), new SharedRealm()];
    change();
    realm.handleTestEvent({ name: 'run_finish' });
    const ended = Promise.allSettled([realm.teardown(), unloaded.teardown()]);
    undo();
    const message = `the tests of this file leave changed: ${what}`;
    expect(await ended).toEqual([
      { status: 'rejected', reason: new Error(message) },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  it('is fine where it leaves the process as it found it', async () => {
    const realm = new SharedRealm();
    realm.handleTestEvent({ name: 'run_finish' });
    await realm.teardown();
  });
});

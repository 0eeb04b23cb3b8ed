import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Lab, openLab } from '../../../src/lab/index.js';
import { changed } from '../../docs/change.js';
import { type DocCommand, type DocFile, isCommand } from '../../docs/commands.js';
import { ALL } from '../../docs/scenes/index.js';
import { actsIn, type LabScene } from '../../docs/scenes/scene.js';
import { shapeProblem } from '../../docs/shape.js';
import { BIN, inventoryAt } from '../support/bridgehead.js';
import { Shell, type Typed } from './shell.js';

/** What stays in the laptop's home from one scene to the next: the way in, and the journals. */
const KEPT = ['.ssh', '.local'];

/** A lab's inventory in a folder, and the readers who come there one after the other. */
export class World {
  readonly file: string;
  readonly #root: string;
  readonly #folder: string;
  readonly #name: string;
  #scenes = 0;

  constructor(root: string, inventory: string, text: string) {
    this.#name = inventory;
    this.#folder = join(root, 'checkout');
    this.file = join(this.#folder, 'inventory', `${inventory}.yaml`);
    for (const path of [dirname(this.file), join(root, 'bin'), join(root, 'home')])
      mkdirSync(path, { recursive: true });
    writeFileSync(this.file, text);
    symlinkSync(BIN, join(root, 'bin/bridgehead'));
    this.#root = root;
  }

  /** Does all that a scene's page says. Answers what is not as the page says. */
  async play(scene: LabScene): Promise<string[]> {
    const home = scene.isOnHost ? join(this.#root, 'home') : (await this.lab()).home;
    for (const name of readdirSync(home))
      if (!KEPT.includes(name)) rmSync(join(home, name), { recursive: true });
    for (const [name, text] of Object.entries(scene.files ?? {})) write(this.#folder, home, name, text);
    const path = `${join(this.#root, 'bin')}:${process.env['PATH']}`;
    const shell = new Shell(`docs-${this.#name}-${++this.#scenes}`, {
      cwd: this.#folder,
      files: this.#root,
      env: { PATH: path, ...(scene.isOnHost && { HOME: home }) },
      enter: scene.isOnHost ? [] : [process.execPath, BIN, 'lab', 'run', '-i', this.file, '--'],
    });
    try {
      await shell.ready();
      return await this.#act(scene, shell, home);
    } finally {
      shell.stop();
    }
  }

  async lab(): Promise<Lab> {
    return openLab(await inventoryAt(this.file));
  }

  async #act(scene: LabScene, shell: Shell, home: string): Promise<string[]> {
    const problems: string[] = [];
    const times = new Map<string, number>();
    const hooks = new Set([...Object.keys(scene.before ?? {}), ...Object.keys(scene.after ?? {})]);
    let folder = this.#folder;
    const happen = async (when: 'before' | 'after', act: DocCommand, shown: string) => {
      for (const key of [act.text, `${act.text} @ ${times.get(act.text)}`]) {
        const hook = scene[when]?.[key];
        hooks.delete(key);
        await hook?.({ lab: await this.lab(), folder, shown, shell: (text) => shell.type(text) });
      }
    };
    if (scene.setup !== undefined) problems.push(...wrong(scene.of, 0, await shell.type(scene.setup)));
    for (const act of actsIn(scene, ALL)) {
      if (!isCommand(act)) {
        apply(act, folder, home);
        continue;
      }
      times.set(act.text, (times.get(act.text) ?? 0) + 1);
      await happen('before', act, '');
      const typed = await shell.type(act.text, scene.answers?.[act.text]);
      folder = typed.folder;
      problems.push(...wrong(`${act.page}:${act.line}: ${act.text}`, act.exit, typed, act.output));
      await happen('after', act, typed.shown);
    }
    return [...problems, ...[...hooks].map((hook) => `${scene.of} has no ${hook}`)];
  }
}

function wrong(
  what: string,
  exit: number,
  { exit: real, shown }: Typed,
  output: readonly string[] = [],
): string[] {
  const problem = output.length === 0 ? undefined : shapeProblem(output, shown.split('\n'));
  if (real === exit && problem === undefined) return [];
  const said = real === exit ? problem : `it exits with ${real}, not ${exit}`;
  return [`${what}\n${said}\n\nIt shows:\n${shown}`];
}

function write(folder: string, home: string, name: string, text: string): void {
  const path = name.startsWith('~/') ? join(home, name.slice(2)) : resolve(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function apply({ file, isChange, lines }: DocFile, folder: string, home: string): void {
  const text = isChange ? changed(readFileSync(join(folder, file), 'utf8'), lines) : `${lines.join('\n')}\n`;
  write(folder, home, file, text);
}

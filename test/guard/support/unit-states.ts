import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FakeNode } from './fake-node.js';

/** Knows which units are there, enabled and active, and refuses what has no file, as the true one does. */
const SYSTEMCTL = `#!/bin/sh
verb=$1
shift
properties=
names=
for word; do
  case $word in
    -p | --) ;;
    -*) ;;
    Id | UnitFileState | ActiveState | InvocationID) properties="$properties $word" ;;
    *) names="$names $word" ;;
  esac
done
file_state() {
  if [ ! -f "$UNITS/$1" ]; then echo; elif [ -L "$WANTS/$1" ]; then echo enabled; else echo disabled; fi
}
active_state() { if [ -f "$STATES/$1" ]; then echo active; else echo inactive; fi; }
for name in $names; do
  case $verb in
    show)
      for property in $properties; do
        case $property in
          Id) echo "Id=$name" ;;
          UnitFileState) echo "UnitFileState=$(file_state "$name")" ;;
          ActiveState) echo "ActiveState=$(active_state "$name")" ;;
          InvocationID) echo "InvocationID=$(cat "$STATES/$name" 2>/dev/null)" ;;
        esac
      done
      echo
      ;;
    is-active) case $name in *.timer) ;; *) [ -f "$STATES/$name" ] || exit 3 ;; esac ;;
    enable)
      [ -f "$UNITS/$name" ] || exit 1
      ln -sfn "$UNITS/$name" "$WANTS/$name"
      ;;
    disable)
      [ -f "$UNITS/$name" ] || exit 1
      rm -f "$WANTS/$name"
      ;;
    stop) rm -f "$STATES/$name" ;;
    start | restart | reload-or-restart)
      [ -f "$UNITS/$name" ] || exit 5
      count=$(($(cat "$STATES.count" 2>/dev/null || echo 0) + 1))
      echo $count >"$STATES.count"
      echo "again-$count" >"$STATES/$name"
      ;;
  esac
done
`;

/** Units of a fake node with a systemd that remembers what it is asked for. */
export class UnitStates {
  readonly #folder: string;
  readonly #wants: string;
  readonly #states: string;

  constructor(node: FakeNode) {
    this.#folder = node.place('/etc/systemd/system');
    this.#wants = join(this.#folder, 'multi-user.target.wants');
    this.#states = join(node.root, 'states');
    mkdirSync(this.#wants);
    mkdirSync(this.#states);
    const where = `UNITS='${this.#folder}'\nWANTS='${this.#wants}'\nSTATES='${this.#states}'\n`;
    node.tool('systemctl', SYSTEMCTL.replace('\n', `\n${where}`));
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string): void {
    writeFileSync(this.file(name), '[Service]\n');
  }

  enable(name: string): void {
    symlinkSync(this.file(name), join(this.#wants, name));
  }

  start(name: string, invocation: string): void {
    writeFileSync(join(this.#states, name), `${invocation}\n`);
  }

  /** Nothing runs any more; what is enabled stays so. */
  boot(): void {
    for (const name of readdirSync(this.#states)) rmSync(join(this.#states, name));
  }

  /** `old.service enabled active 1f3a`, sorted. */
  all(): string[] {
    const names = new Set([
      ...[this.#folder, this.#wants, this.#states].flatMap((folder) =>
        readdirSync(folder).filter((name) => name.endsWith('.service') && !name.startsWith('bridgehead-')),
      ),
    ]);
    return [...names].sort().map((name) => {
      const file = existsSync(this.file(name)) ? '' : ' without a file';
      const enabled = readdirSync(this.#wants).includes(name) ? 'enabled' : 'disabled';
      const state = join(this.#states, name);
      const active = existsSync(state) ? `active ${readFileSync(state, 'utf8').trim()}` : 'inactive';
      return `${name}${file} ${enabled} ${active}`;
    });
  }
}

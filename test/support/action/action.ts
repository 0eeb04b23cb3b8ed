import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ACTION, type ActionStep } from './action-file.js';

export interface ShellResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script file with these variables, and no others but PATH. */
export type RunScript = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
) => ShellResult | Promise<ShellResult>;

const runHere: RunScript = (argv, env) => {
  const [program = '', ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    input: '',
  });
  return { code: status, stdout, stderr };
};

export interface ActionRun {
  /** Of the step that failed first; 0 if none did. */
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/**
 * A runner for composite actions as far as action.yml needs one: it takes the steps' own shell lines, puts in what the
 * expressions mean, and has bash run them as GitHub does, with its files for outputs and the summary. `uses:` and conditions
 * other than always() are refused: the action has none.
 */
export class Runner {
  readonly temp: string;
  readonly workspace: string;
  readonly #github: Readonly<Record<string, string>>;

  constructor(
    readonly root: string,
    private readonly options: {
      readonly workspace: string;
      readonly run?: RunScript;
      /** What GitHub sets for a job beyond the files. */
      readonly env?: Readonly<Record<string, string>>;
      readonly token?: string;
    },
  ) {
    this.temp = join(root, 'temp');
    this.workspace = options.workspace;
    mkdirSync(this.temp, { recursive: true });
    writeFileSync(join(root, 'event.json'), '{}');
    this.#github = {
      GITHUB_ACTION_PATH: resolve('.'),
      GITHUB_WORKSPACE: options.workspace,
      GITHUB_EVENT_PATH: join(root, 'event.json'),
      GITHUB_STEP_SUMMARY: join(root, 'summary.md'),
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_RUN_ID: '42',
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      HOME: root,
      RUNNER_TEMP: this.temp,
      ...options.env,
    };
  }

  /** What happened: `{ pull_request: { number: 7 } }`. */
  event(event: object): void {
    writeFileSync(join(this.root, 'event.json'), JSON.stringify(event));
  }

  async action(inputs: Readonly<Record<string, string>>): Promise<ActionRun> {
    const unknown = Object.keys(inputs).filter((name) => !(name in ACTION.inputs));
    if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`);
    const values = new Map<string, string>([['github.token', this.options.token ?? 'a-token']]);
    for (const [name, { required, default: preset }] of Object.entries(ACTION.inputs)) {
      const value = inputs[name] ?? (preset === undefined ? undefined : fill(preset, values));
      if (value === undefined && required === true) throw new Error(`the action needs the input ${name}`);
      values.set(`inputs.${name}`, value ?? '');
    }
    let code: number | null = 0;
    let log = '';
    writeFileSync(this.#file('summary.md'), '');
    for (const step of ACTION.runs.steps) {
      if (step.if !== undefined && step.if !== 'always()') throw new Error(`a condition: ${step.if}`);
      if (code !== 0 && step.if === undefined) continue;
      const result = await this.#step(step, values);
      log += result.stdout + result.stderr;
      if (code === 0) code = result.code;
    }
    const outputs = Object.entries(ACTION.outputs).map(([name, { value }]) => [name, fill(value, values)]);
    const summary = readFileSync(this.#file('summary.md'), 'utf8');
    return { code, log, outputs: Object.fromEntries(outputs), summary };
  }

  async #step(step: ActionStep, values: Map<string, string>): Promise<ShellResult> {
    if (step.shell !== 'bash' || 'uses' in step) throw new Error(`not a shell line: ${step.name}`);
    const script = this.#file('step.sh');
    const output = this.#file('output');
    writeFileSync(script, `cd "$GITHUB_WORKSPACE"\n${fill(step.run, values)}\n`);
    writeFileSync(output, '');
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value, values)]);
    const run = this.options.run ?? runHere;
    const result = await run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', script], {
      ...this.#github,
      GITHUB_OUTPUT: output,
      ...Object.fromEntries(env),
    });
    for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
      const [, name, value = ''] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`not an output: ${line}`);
      values.set(`steps.${step.id}.outputs.${name}`, value);
    }
    return result;
  }

  #file(name: string): string {
    return join(this.root, name);
  }

  /** Whether a folder with keys is left. */
  hasKeys(): boolean {
    return spawnSync('sh', ['-c', 'ls -d "$1"/bridgehead-keys.*', 'sh', this.temp]).status === 0;
  }

  report(name: string): string | undefined {
    const file = join(this.temp, 'bridgehead/reports', name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }
}

/** An output that no step has set is empty, as on GitHub; any other unknown name is a mistake. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
    const value = values.get(name) ?? (/^steps\.\w+\.outputs\./.test(name) ? '' : undefined);
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
  });
}

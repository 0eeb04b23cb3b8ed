import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ACTION } from '../support/action/action-file.js';
import { blocksIn } from './blocks.js';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const [workflow, staging] = blocksIn('docs/recipes/github.md')
  .filter(({ language }) => language === 'yaml')
  .map(({ lines }) => parse(lines.join('\n')));
const jobs: readonly { readonly steps: readonly Step[] }[] = Object.values(workflow.jobs);
const uses = [...jobs.flatMap(({ steps }) => steps), ...(staging as Step[])].filter((step) =>
  step.uses?.includes('/bridgehead@'),
);

describe('the steps of docs/recipes/github.md that use the action', () => {
  it('are of each kind', () => {
    expect(uses.map((step) => step.with?.['command'])).toEqual(['plan', 'apply', 'drift', 'apply']);
  });

  it('give it inputs that it has, and all that it needs', () => {
    const required = Object.keys(ACTION.inputs).filter((name) => ACTION.inputs[name]?.required === true);
    for (const step of uses) {
      const given = Object.keys(step.with ?? {});
      expect(given.filter((name) => !(name in ACTION.inputs))).toEqual([]);
      expect(required.filter((name) => !given.includes(name))).toEqual([]);
      expect(given.some((name) => ['known-hosts', 'accept-new'].includes(name))).toBe(true);
    }
  });
});

it('the page lists the inputs and outputs of the action, and no others', () => {
  const rows = readFileSync('docs/recipes/github.md', 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm);
  expect([...rows].map(([, name]) => name)).toEqual([
    ...Object.keys(ACTION.inputs),
    ...Object.keys(ACTION.outputs),
  ]);
});

it('the page gives the defaults of the action', () => {
  const page = readFileSync('docs/recipes/github.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|.*\| `(\S+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(3);
  for (const [, name = '', preset] of rows)
    expect([name, ACTION.inputs[name]?.default]).toEqual([name, preset]);
});

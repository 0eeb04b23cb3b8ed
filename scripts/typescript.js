// Lets plain Node import the TypeScript of test/ and src/: `node --import ./scripts/typescript.js FILE.ts`.
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { moduleOf, PROGRAM_FILE } from './programs.js';

if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  const isProgram = PROGRAM_FILE.test(url);
  if (!url.startsWith('file:') || !(isProgram || url.endsWith('.ts'))) return next(url, context);
  const filename = fileURLToPath(url);
  if (isProgram) {
    return {
      format: 'module',
      source: moduleOf(readFileSync(filename, 'utf8'), filename),
      shortCircuit: true,
    };
  }
  const { transformSync } = await import('@swc/core');
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}

import type { ErrorObject } from 'ajv';

const CHOICES = new Set(['anyOf', 'oneOf']);

/**
 * What is worth saying of ajv's errors. A value that fits no branch of an anyOf or oneOf fails once for each branch: kept are the
 * errors of the one branch that it was meant for (the type is right there, and the fewest errors), else that of the choice alone.
 */
export function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = errors.filter((error) => error.keyword !== 'if' && error.keyword !== 'propertyNames');
  for (const choice of errors.filter((error) => CHOICES.has(error.keyword))) {
    const inside = kept.filter((error) => error.schemaPath.startsWith(`${choice.schemaPath}/`));
    const meant = meantBranch(choice, inside);
    const drop = new Set(inside.filter((error) => !meant.includes(error)));
    kept = kept.filter((error) => !drop.has(error) && (error !== choice || meant.length === 0));
  }
  return kept;
}

function meantBranch(choice: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const branch = error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const fitting = [...branches.values()].filter(
    (branch) =>
      !branch.some(
        ({ instancePath, keyword }) => instancePath === choice.instancePath && WRONG_KIND.has(keyword),
      ),
  );
  fitting.sort((a, b) => a.length - b.length);
  const [best, second] = fitting;
  return best && (!second || best.length < second.length) ? best : [];
}

const WRONG_KIND = new Set(['type', 'const', 'enum']);

import type { ErrorObject } from 'ajv';

const CHOICES = new Set(['anyOf', 'oneOf']);

/**
 * The errors of ajv that are worth reporting. A value that matches no branch of an anyOf or oneOf fails once for each branch:
 * only the errors of the branch that it was most likely meant for are kept (right type, fewest errors), else only the choice's.
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

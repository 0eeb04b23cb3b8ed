import type { ErrorObject } from 'ajv';
import { nearest } from '../nearest.js';
import { fromPointer } from '../path.js';
import { misplacedKey } from './corrections.js';
import type { SchemaPart } from './schema-part.js';

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

/** Without what is only missing because it was misspelt, or only empty because what belongs below it was not indented. */
export function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const meant = new Set(
    errors.flatMap(({ keyword, instancePath, params, parentSchema }) => {
      if (keyword !== 'additionalProperties') return [];
      const key = nearest(
        String(params['additionalProperty']),
        Object.keys(parentSchema?.['properties'] ?? {}),
      );
      return key === undefined ? [] : [`${instancePath}/${key}`];
    }),
  );
  const spilt = new Set(errors.filter(isMisplaced).map(({ instancePath }) => above(instancePath)));
  return errors.filter(({ keyword, instancePath, params, data }) => {
    if (keyword === 'required') return !meant.has(`${instancePath}/${params['missingProperty']}`);
    return !(keyword === 'type' && data === null && spilt.has(above(instancePath)));
  });
}

const above = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

const isMisplaced = ({ keyword, instancePath, data, parentSchema }: ErrorObject): boolean =>
  keyword === 'type' && misplacedKey(fromPointer(instancePath), data, (parentSchema ?? {}) as SchemaPart);

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

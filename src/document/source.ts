import type { YamlDocument } from './document.js';
import type { Plain } from './plain.js';

type Source = Pick<YamlDocument<Plain>, 'value' | 'text'>;

const sources = new WeakMap<object, Source>();

/** Notes the document that a model was made of. Returns the model. */
export function madeOf<T extends object>(model: T, { value, text }: Source): T {
  sources.set(model, { value, text });
  return model;
}

/** Notes that a model was made of the same document as another. Returns the model. */
export function sameSource<T extends object>(model: T, of: object): T {
  const source = sources.get(of);
  if (source !== undefined) sources.set(model, source);
  return model;
}

/** The data that a loaded inventory or playbook was made of, without comments; undefined for one that no file describes. */
export function sourceOf(model: object): Plain | undefined {
  return sources.get(model)?.value;
}

/** The text that it was made of, as it was parsed. */
export function textOf(model: object): string | undefined {
  return sources.get(model)?.text;
}

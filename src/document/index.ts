export { loadDocument, parseData, parseYaml, type YamlDocument } from './document.js';
export { addItem, removeEntry, setEntry } from './edit.js';
export { didYouMean, nearest, suggest } from './nearest.js';
export { type Path, show, showPath } from './path.js';
export type { Plain, Position } from './plain.js';
export { readText } from './read-text.js';
export { type Replacement, replaceTexts } from './replace.js';
export type { Entry } from './splice.js';
export { accepts, type Checked, check, inOrder, validate } from './validate.js';

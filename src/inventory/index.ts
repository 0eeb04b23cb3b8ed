export { type LoadedInventory, loadInventory, readInventory, resolveDocument } from './load.js';
export type * from './types.js';

export type * from '../model/inventory.js';
export { type LoadedInventory, loadInventory, readInventory, resolveDocument } from './load.js';

export type * from '../model/inventory.js';
export {
  type JudgedInventory,
  judgeInventory,
  type LoadedInventory,
  loadInventory,
  readInventory,
  resolveDocument,
} from './load.js';

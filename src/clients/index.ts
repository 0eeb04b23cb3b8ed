export { freeAddresses } from './free-address.js';
export { type KeptKeys, keysOfConfig } from './kept-config.js';
export { fingerprint, type KeyPair, keyPairOf, makeKeyPair } from './keys.js';
export {
  type HandedOut,
  hubKeysIn,
  type LedgerEntry,
  type LedgerOwner,
  ledgerFile,
  ledgerKey,
  readLedger,
  recordInLedger,
} from './ledger.js';
export { addressesFor, type Wish } from './new-client.js';
export { type Current, reasonsToScanAgain } from './staleness.js';

import { apply, rehearse } from './questions/consent.js';
import { existing, network } from './questions/existing.js';
import { forwarded, forwards, relay } from './questions/forwards.js';
import { found, names, publicAddresses, sites } from './questions/found.js';
import { device, port, range } from './questions/free-values.js';
import { hostKeys, leaveOut, machines } from './questions/machines.js';
import { clients, gateway, hub, networkName, shape } from './questions/network.js';
import type { Key, Question } from './types.js';

/** Every question, in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  existing,
  network,
  machines,
  hostKeys,
  leaveOut,
  found,
  names,
  sites,
  publicAddresses,
  networkName,
  clients,
  shape,
  hub,
  gateway,
  device,
  range,
  port,
  forwards,
  relay,
  forwarded,
  rehearse,
  apply,
] as readonly unknown[] as readonly Question[];

export const questionOf = (key: Key): Question => {
  const one = QUESTIONS.find((question) => question.key === key);
  if (one === undefined) throw new RangeError(`no question ${key}`);
  return one;
};

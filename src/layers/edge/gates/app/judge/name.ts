import type { Inventory } from '../../../../../model/inventory.js';
import type { App } from '../../../inventory/types.js';
import type { Broken } from '../hops.js';
import { isRight, isSplit, wantedAddresses } from '../visit/names.js';
import type { NameAnswer, NameSeen } from '../visited.js';

const listed = (addresses: readonly string[]): string => addresses.join(', ') || 'no address';
const typeOf = ({ family }: NameAnswer): string => (family === 4 ? 'A' : 'AAAA');

/** What is wrong with the answers for a name, the one that most visitors ask for first. */
export function judgeName(inventory: Inventory, app: App, name: NameSeen): Broken | undefined {
  const { host, answers } = name;
  if (isSplit(inventory, app, name)) return undefined;
  for (const answer of answers) {
    const wanted = wantedAddresses(inventory, app, answer.family);
    const broken = judgeAnswer(host, app, answer, wanted);
    if (broken) return broken;
  }
  return undefined;
}

function judgeAnswer(
  host: string,
  app: App,
  answer: NameAnswer,
  wanted: readonly string[],
): Broken | undefined {
  const { addresses, failure, authority } = answer;
  const type = typeOf(answer);
  if (failure !== undefined) {
    return {
      hop: 'name',
      side: 'visitor',
      evidence: `this machine's resolver doesn't answer for the ${type} record of ${host}: ${failure}`,
      fix: 'check the resolver in /etc/resolv.conf of this machine, and the name servers of the zone',
    };
  }
  if (isRight(addresses, wanted)) return undefined;
  const seen = `${host} has ${addresses.length === 0 ? `no ${type} record` : `${type} ${listed(addresses)}`}`;
  if (authority !== undefined && isRight(authority, wanted)) {
    return {
      hop: 'name',
      side: 'visitor',
      evidence: `this machine's resolver answers that ${seen}; the zone's own servers answer ${listed(authority)}`,
      fix: `wait until the old record has expired there, or use another resolver, and run the gate again`,
    };
  }
  const where = `address of ${app.edges.join(', ')}`;
  if (wanted.length === 0) {
    const fix = `remove the ${type} record of ${host}: the inventory has no IPv${answer.family} ${where}; or add that as its public address`;
    return { hop: 'name', side: 'DNS', evidence: seen, fix };
  }
  const verb = addresses.length === 0 ? 'add' : 'change it to';
  const fix = `${verb} ${type} ${listed(wanted)} for ${host} at the provider of the zone: the ${where}`;
  return { hop: 'name', side: 'DNS', evidence: seen, fix };
}

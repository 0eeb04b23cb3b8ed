import { allowFix, causeText } from '../../facts/firewall/cause.js';
import { TOO_LONG } from '../../facts/firewall/read.js';
import type { ForwardView, FoundMachine, FoundView, KeyView } from '../../render/provision/found-text.js';
import { droppedAt, layoutOf, portOf, routerLines } from './dialogue/derived.js';
import { addedTo } from './dialogue/mode.js';
import { unconfirmed } from './dialogue/questions/machines.js';
import type { World } from './dialogue/types.js';
import { ownPublic } from './infer/addresses.js';
import type { Placed } from './infer/layout.js';

/** Seconds; a clock that is further off breaks handshakes and certificates. */
const WRONG_CLOCK = 30;
const JUST_STARTED = 300;

/** What was detected, shown before the user is asked whether it is right. */
export function foundView(world: World): FoundView {
  const layout = layoutOf(world);
  const lans = layout.sites.map(({ name, subnets, router, publicAddresses = [] }) => {
    const behind = router === undefined ? '' : ` behind router ${router}`;
    const outside =
      publicAddresses.length > 0
        ? `, from outside ${publicAddresses.join(', ')} (NAT)`
        : ', public address unknown';
    const known = addedTo(world)?.sites.some((site) => site.name === name) ? '; in the inventory' : '';
    const own = layout.laptop === name ? '; you are in it' : '';
    return `${name}: ${subnets.join(', ')}${behind}${outside}${known}${own}`;
  });
  const notes = [
    ...layout.twice.map(({ machine, as }) => `${machine} is the same machine as ${as}; it is left out`),
    ...grouped(layout.placed.flatMap((placed) => notesOn(placed, layout.placed))),
    ...droppedAt(world, portOf(world)).map(
      ({ node, drop, packet }) =>
        `${node}: its firewall drops UDP ${packet.port}: ${causeText(drop)}; to allow it: ${allowFix(drop, packet, node)}`,
    ),
    ...[...(world.seen.survey?.absent ?? [])].map(
      ([node, why]) => `${node} of the inventory did not answer: ${why.split('\n')[0]}`,
    ),
    ...[...(world.seen.survey?.unmeasured ?? [])].map(
      ([machine, why]) => `${machine} could not send test packets: ${why.split('\n')[0]}`,
    ),
  ];
  return { machines: layout.placed.map(machineOf), lans, notes };
}

function machineOf({ node, surveyed }: Placed): FoundMachine {
  const { os, version, architecture } = surveyed.facts;
  const name = `${os.charAt(0).toUpperCase()}${os.slice(1)}`;
  const lan = node.lanAddresses?.[0];
  return {
    name: node.name,
    system: [name, version, architecture].filter((word) => word !== '').join(' '),
    lan: node.site === undefined ? '-' : `${node.site} ${lan ?? ''}`,
    publicAddress: (node.publicAddresses ?? []).join(' ') || '-',
  };
}

interface Note {
  readonly name: string;
  readonly text: string;
}

/** A note that is the same for several machines is printed once. */
function grouped(notes: readonly Note[]): string[] {
  const texts = [...new Set(notes.map(({ text }) => text))];
  return texts.map((text) => {
    const names = notes.filter((note) => note.text === text).map(({ name }) => name);
    return `${names.join(', ')}: ${text}`;
  });
}

function notesOn({ node, surveyed }: Placed, all: readonly Placed[]): Note[] {
  const { facts, skew } = surveyed;
  const { name } = node;
  const namesake = all.find(
    (other) => other.node.name !== name && other.surveyed.facts.hostname === facts.hostname,
  );
  const tunnels = facts.wireguard.filter(({ ours }) => !ours).map((one) => one.interface);
  const isTranslated =
    (node.publicAddresses ?? []).some((address) => !address.includes(':')) && ownPublic(facts).length === 0;
  const texts = [
    tunnels.length > 0 &&
      `${tunnels.join(', ')} made by hand; left alone (bridgehead adopt ${name} takes it over)`,
    facts.module === 'no' && 'no WireGuard in the kernel; wireguard-go does the work, slower',
    !facts.perl && 'no perl, which gates measure with (apt install perl-base)',
    Math.abs(skew) > WRONG_CLOCK &&
      `the clock is ${Math.abs(skew)} s ${skew > 0 ? 'fast' : 'slow'}; set it with: timedatectl set-ntp true`,
    facts.uptime < JUST_STARTED && 'started less than 5 minutes ago; may still be setting itself up',
    namesake !== undefined && `hostname ${facts.hostname}, the same as another of these machines`,
    isTranslated && "the provider translates the public address; allow UDP in the provider's firewall, too",
    facts.tables === undefined && `whether its firewall drops UDP is not known: ${TOO_LONG}`,
    facts.firewalls.length > 0 && `firewall rules by ${facts.firewalls.join(', ')}`,
  ];
  return texts.flatMap((text) => (text === false ? [] : [{ name, text }]));
}

/** The host keys that aren't confirmed. */
export function keysView(world: World): KeyView[] {
  const open = new Set(unconfirmed(world));
  return (world.seen.survey?.unknownKeys ?? [])
    .filter(({ fingerprint }) => open.has(fingerprint))
    .map(({ hop, keyType, fingerprint }) => ({ machine: hop.node, type: keyType, fingerprint }));
}

export const forwardsView = (world: World): ForwardView[] => routerLines(world);

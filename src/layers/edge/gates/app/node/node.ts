import type { Node } from '../../../../../model/inventory.js';
import type { PacketProgram } from '../../../../../packets/program.js';
import ping from '../../../../../packets/programs/ping.pl';
import { all, fromLines, GarbledReply, integer, only } from '../../../../../remote/reply-lines.js';
import type { GateContext, PacketQuestion } from '../../../../gate.js';
import type { WithinParams } from '../../../../shared/schema.js';
import type { AppParams } from '../chains.js';
import answers from './answers.pl';
import { parseRouters, type SeenRouter } from './routers.js';
import routers from './routers.pl';
import state from './state.pl';
import { proxyUnit, type Target, type Targets, targetsOn } from './targets.js';

/** What an app answered to a node that asked it. */
export interface Asked {
  readonly outcome: 'answer' | 'open' | 'closed' | 'silent' | 'refused' | 'unreachable' | 'dropped' | 'error';
  /** Of HTTP; 0 if it is none. */
  readonly status: number;
  /** Whether it is what the app is to answer. */
  readonly match: boolean;
  readonly bytes: number;
}

export interface Peer {
  readonly interface: string;
  /** Seconds since the last handshake; undefined if there was none. */
  readonly age?: number;
  /** CIDR. */
  readonly allowed: readonly string[];
}

/** What an edge, or a node with apps, says itself. */
export interface NodeSeen {
  /** False if it can't be asked: there is no perl. */
  readonly perl: boolean;
  readonly asked: readonly (Target & Asked)[];
  readonly addresses: ReadonlySet<string>;
  /** `tcp/443` */
  readonly listens: ReadonlySet<string>;
  /** Ports that nftables rewrites to another machine or port. */
  readonly rewrites: ReadonlySet<string>;
  readonly peers: readonly Peer[];
  /** Addresses that answered a ping; those that were not asked are in neither set. */
  readonly pongs: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
  /** State of the proxy's unit, on an edge. */
  readonly proxy?: string;
  /** Of Traefik's HTTPS port, on an edge that has it. */
  readonly routers?: readonly SeenRouter[];
  /** Seconds since 1970. */
  readonly clock?: number;
}

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex') || '-';

/** Asks the apps; what the machine has; and only if one of them doesn't answer or can't be asked, whether the tunnel passes pings. */
const CODE = `{
${answers}
}
{
${state}
}
{
${routers}
}
if ($unwell || data('always')) {
$_->[1] = 1 for grep { $_->[0] eq 'patience' } @data;
eval {
${ping}
1;
} or print 'no-ping ', $@;
}
`;

/** What apps answer to a node, and what that has to do with it. */
export const nodeQuestion = (context: GateContext<AppParams>, { name }: Node): PacketQuestion<NodeSeen> =>
  questionOf(context, targetsOn(context, name));

/** What an edge has at its ports. */
export function edgeQuestion(context: GateContext<WithinParams>, { name }: Node): PacketQuestion<NodeSeen> {
  const unit = proxyUnit(context.inventory, name);
  const nothing = { targets: [], pings: [], always: false, interfaces: [], hasApps: false };
  return questionOf(context, unit === undefined ? nothing : { ...nothing, unit });
}

function questionOf(context: GateContext<WithinParams>, asked: Targets): PacketQuestion<NodeSeen> {
  const { targets, pings, always, interfaces, unit, status, hasApps, files = [] } = asked;
  const packets: PacketProgram = {
    code: CODE,
    data: [
      ['token', context.token],
      ['patience', context.patience],
      ...targets.map(({ app, at, kind, address, port, request, status, contains }) => [
        'app',
        `${app}/${at}`,
        kind,
        address,
        port,
        request === '' ? '-' : request,
        status,
        hex(contains),
      ]),
      ...pings.map((address) => ['ping', address]),
      ...(always ? [['always']] : []),
      ...interfaces.map((name) => ['interface', name]),
      ...(unit === undefined ? [] : [['unit', unit]]),
      ...(status === undefined ? [] : [['status', status] as const]),
      ...(hasApps ? [['rules']] : []),
    ],
    without: 'echo no-perl',
    needs: files,
  };
  return {
    packets,
    parse: fromLines((lines) => {
      const perl = all(lines, 'no-perl').length === 0;
      const found = new Map(all(lines, 'app').map(([number, ...words]) => [integer(number), words]));
      const answered = !perl
        ? []
        : targets.map((target, number) => {
            const [outcome, status, match, bytes] = found.get(number) ?? [];
            if (outcome === undefined) throw new GarbledReply(`no answer about ${target.app}`);
            return {
              ...target,
              outcome: outcome as Asked['outcome'],
              status: integer(status),
              match: match === '1',
              bytes: integer(bytes),
            };
          });
      const words = (name: string): ReadonlySet<string> =>
        new Set(all(lines, name).map(([word = '']) => word));
      const numbered = (name: string): ReadonlySet<string> =>
        new Set(all(lines, name).map(([number]) => pings[integer(number)] ?? ''));
      const proxy = all(lines, 'unit')[0]?.[1];
      const seenRouters = parseRouters(lines);
      return {
        perl,
        asked: answered,
        addresses: new Set(all(lines, 'address').map(([, address = '']) => address)),
        listens: words('listens'),
        rewrites: words('rewrites'),
        peers: all(lines, 'peer').map(([name = '', age, allowed = '']) => ({
          interface: name,
          ...(age !== '-1' && { age: integer(age) }),
          allowed: allowed.split(',').filter((range) => range !== ''),
        })),
        pongs: numbered('pong'),
        lost: numbered('lost'),
        ...(proxy !== undefined && { proxy }),
        ...(seenRouters !== undefined && { routers: seenRouters }),
        ...(perl && { clock: integer(only(lines, 'clock')[0]) }),
      };
    }),
  };
}

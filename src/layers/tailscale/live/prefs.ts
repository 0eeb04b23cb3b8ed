import { fourFirst } from '../../../model/address.js';
import { parseJson, text, texts } from './json.js';

/** The settings of a node that the inventory has a say in, as tailscaled keeps them. */
export interface SeenPrefs {
  readonly loginServer: string;
  readonly hostName: string;
  readonly acceptDns: boolean;
  readonly acceptRoutes: boolean;
  /** Without those to the internet. IPv4 first. */
  readonly advertises: readonly string[];
  readonly offersExit: boolean;
  readonly exitNodeId: string;
  readonly exitNodeAddress: string;
  readonly exitKeepsLan: boolean;
  readonly tags: readonly string[];
  readonly netfilter: 'on' | 'nodivert' | 'off';
}

/** Whether two lists, such as of tags, have the same members. */
export const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join(' ') === [...other].sort().join(' ');

const MODES = ['off', 'nodivert', 'on'] as const;

/** Of `tailscale debug prefs`; undefined if there is nothing that could be asked. */
export function parsePrefs(stdout: string): SeenPrefs | undefined {
  if (stdout.trim() === '') return undefined;
  const json = parseJson(stdout, 'tailscale debug prefs');
  const routes = texts(json['AdvertiseRoutes']);
  return {
    loginServer: text(json['ControlURL']).replace(/\/+$/, ''),
    hostName: text(json['Hostname']),
    acceptDns: json['CorpDNS'] === true,
    acceptRoutes: json['RouteAll'] === true,
    advertises: fourFirst(routes.filter((range) => !range.endsWith('/0')).sort()),
    offersExit: routes.some((range) => range.endsWith('/0')),
    exitNodeId: text(json['ExitNodeID']),
    exitNodeAddress: text(json['ExitNodeIP']),
    exitKeepsLan: json['ExitNodeAllowLANAccess'] === true,
    tags: texts(json['AdvertiseTags']).sort(),
    netfilter: MODES[Number(json['NetfilterMode'])] ?? 'on',
  };
}

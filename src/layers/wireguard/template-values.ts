import { membersOf } from '../../model/atlas.js';
import type { Where } from '../layer.js';
import type { TemplateValues } from '../template.js';

/** `network.*` of the first network of the node. */
export function networkValues({ node, networks: [network] }: Where): TemplateValues {
  const member = network && membersOf(network).get(node.name);
  return new Map([
    ['network.name', network?.name],
    ['network.interface', network?.interface],
    ['network.range', network?.ranges[0]],
    ['network.address', member?.addresses[0]],
    ['network.port', network && String(network.port)],
    ['network.mtu', network && String(network.mtu)],
  ]);
}

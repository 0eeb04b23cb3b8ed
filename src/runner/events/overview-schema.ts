import {
  isFlag,
  isNumber,
  isText,
  listOf,
  oneOf,
  optional,
  shape,
  texts,
} from '../../document/schema/shape.js';

/** JSON Schema of an overview, with any other fields. */
export const OVERVIEW_SCHEMA = shape({
  sites: listOf(
    shape({
      name: isText,
      subnets: texts,
      publicAddresses: texts,
      nat: isFlag,
      forwards: listOf(shape({ protocol: isText, port: isNumber, node: isText, nodePort: isNumber })),
    }),
  ),
  nodes: listOf(shape({ name: isText, role: optional(isText), site: optional(isText), addresses: texts })),
  networks: listOf(
    shape({
      name: isText,
      shape: oneOf('mesh', 'hub'),
      hubs: texts,
      hubOf: { type: 'object', additionalProperties: isText },
      relay: optional(isText),
      members: listOf(shape({ node: isText, addresses: texts })),
      gateways: listOf(shape({ node: isText, subnets: texts, nat: oneOf('masquerade', 'none') })),
      clients: listOf(shape({ name: isText, addresses: texts })),
    }),
  ),
});

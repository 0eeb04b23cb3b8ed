/** Schema of parameters that a gate shares with others, plus its own. */
export function parameters(
  own: Readonly<Record<string, object>> = {},
  required: readonly string[] = [],
): object {
  return { type: 'object', additionalProperties: false, properties: own, required: [...required] };
}

/** Parameter: the one network to measure; all that the gate concerns unless given. */
export const networkParameter = {
  network: { type: 'string', minLength: 1, description: 'Measure only this network.' },
} as const;

/** Schema of a step that is about networks and has no other parameter. */
export const networkStepSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    network: {
      type: 'string',
      description: 'Name of the network; default: every network of the inventory.',
    },
  },
} as const;

/** Parameter: seconds that the gate goes on trying. */
export const withinParameter = {
  within: { type: 'number', minimum: 0, maximum: 600, description: 'Seconds to keep trying before STOP.' },
} as const;

export interface NetworkParams {
  readonly network?: string;
}

export interface WithinParams {
  readonly within?: number;
}

/** Of a gate that waits for an answer in the networks that it measures. */
export type PatientParams = NetworkParams & WithinParams;

export const patientParameters = { ...networkParameter, ...withinParameter } as const;

import type { PerformOptions } from '../run/execute-run.js';
import type { DeliveryOptions } from './deliver-config.js';

/** Options of all client commands. */
export interface ClientOptions extends Omit<PerformOptions, 'concurrency'> {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly verbose?: boolean;
}

/** Options of those that deliver a configuration. */
export type HandingOptions = ClientOptions & DeliveryOptions;

export interface AddOptions extends HandingOptions {
  readonly network?: string;
  readonly address: readonly string[];
  readonly tunnel?: 'split' | 'full';
  readonly dns: readonly string[];
  readonly reach: readonly string[];
  readonly hub?: string;
}

export interface ShowOptions extends HandingOptions {
  readonly kept?: string;
}

export interface ListOptions extends ClientOptions {
  readonly live?: boolean;
}

import type { SecretRef } from '../../../core/secrets/reference.js';

/** What a member does in its tailnet. */
export interface TailnetMember {
  readonly node: string;
  /** CIDR ranges that others reach through it. IPv4 first. */
  readonly advertises: readonly string[];
  /** Whether it takes the routes that others advertise. */
  readonly accepts: boolean;
  /** Whether it lets others use it as their way to the internet. */
  readonly offersExit: boolean;
  /** The member through which it reaches the internet. */
  readonly exitNode?: string;
}

/** A network that Tailscale makes. */
export interface Tailnet {
  readonly name: string;
  /** URL without a slash at its end. */
  readonly loginServer: string;
  /** Local file with the certificate of the login server's private authority. */
  readonly ca?: string;
  readonly authKey: SecretRef;
  /** In the order of the inventory's nodes. */
  readonly members: readonly TailnetMember[];
  /** Each begins with `tag:`. */
  readonly tags: readonly string[];
  readonly acceptDns: boolean;
  /** `on`: its rules come first and drop foreign sources in its range. `nodivert`: its chains are made, nothing jumps to them. */
  readonly netfilter: 'on' | 'nodivert' | 'off';
  /** UDP port on which members await each other. */
  readonly port: number;
}

declare module '../../../model/inventory.js' {
  interface LayerValues {
    /** Absent if the inventory has none. */
    readonly tailnets?: readonly Tailnet[];
  }
}

/** The user's corrections; names are those of the layout. */
export interface Corrections {
  /** Node names by machine, as the user named it. */
  readonly names?: Readonly<Record<string, string>>;
  /** Site names by node; `none` for a machine in no LAN. */
  readonly sites?: Readonly<Record<string, string>>;
  /** Public addresses by node or site; `none` for one without. */
  readonly public?: Readonly<Record<string, string>>;
}

/** Stands for what a machine does not have. */
export const NONE = 'none';

/** Something that a lint says of an inventory; pure, so it knows the path and not the line. */
export interface Lint {
  readonly severity: 'error' | 'warning';
  /** Path in the inventory's file. */
  readonly path: readonly string[];
  /** The address or range that is meant, where the path may hold several. */
  readonly value?: string;
  readonly message: string;
  readonly fix?: string;
  /** A path that must itself be free of problems for this to hold. */
  readonly needs?: readonly string[];
}

/** A finding of a lint about an inventory; pure, so it has a path but no line. */
export interface Lint {
  readonly severity: 'error' | 'warning';
  /** Path in the inventory's file. */
  readonly path: readonly string[];
  /** The address or range that is meant, if the path has several. */
  readonly value?: string;
  readonly message: string;
  readonly fix?: string;
  /** A path that must itself be free of problems for this to hold. */
  readonly needs?: readonly string[];
}

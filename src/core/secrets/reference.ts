/** Where a secret is kept, as a file names it: never the secret itself. */
export type SecretRef = Place & {
  /** Where the file names it: `apps.photos.options.auth`. */
  readonly what: string;
};

type Place =
  /** An environment variable. */
  | { readonly env: string }
  /** A file of mode 0600, with the secret on its first line. Relative to nothing: absolute, or below `~`. */
  | { readonly file: string }
  /** A program and its arguments, which prints the secret; `folder`: where it runs. */
  | { readonly command: readonly string[]; readonly folder: string };

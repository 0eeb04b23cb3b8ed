/** What errors of a schema are explained from. */
export interface SchemaPart {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly required?: readonly string[];
  readonly items?: SchemaPart;
  readonly $ref?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly 'x-message'?: string;
  /** A mapping's key that a value without a key is most likely meant for. */
  readonly 'x-main'?: string;
  /** What is written there may be a secret, which no error shows. */
  readonly 'x-secret'?: boolean;
}

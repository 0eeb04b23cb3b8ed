import { indent, table } from '../table.js';

/** What the owner of an address has to do that no run does for it. */
const TO_DO = {
  node: '',
  client: 'must scan a new code',
  unmanaged: 'must be given it by whoever runs it',
} as const;

/** A network with another range, and what is at which address then. */
export interface RenumberView {
  readonly network: string;
  readonly ranges: readonly { readonly from: string; readonly to: string }[];
  readonly moves: readonly {
    /** Where it is in the inventory. */
    readonly path: readonly (string | number)[];
    readonly from: string;
    readonly to: string;
    /** Whose own address it is. */
    readonly owner?: { readonly name: string; readonly kind: keyof typeof TO_DO };
  }[];
}

/** Old and new addresses, one per line. Ends with an empty line. */
export function renumberText({ network, ranges, moves }: RenumberView): string {
  const all = moves.flatMap(({ owner, from, to }) => (owner === undefined ? [] : [{ owner, from, to }]));
  const names = [...new Set(all.map(({ owner }) => owner.name))];
  const owned = names.flatMap((name) => all.filter(({ owner }) => owner.name === name));
  const rows = owned.map(({ owner, from, to }, i) => [
    owned[i - 1]?.owner.name === owner.name ? '' : owner.name,
    from,
    '->',
    to,
    TO_DO[owner.kind],
  ]);
  const followers = moves.flatMap(({ owner, path: [, , , name, what], from, to }) =>
    owner === undefined && what !== undefined ? [[`${name}'s ${what}`, from, '->', to, '']] : [],
  );
  rows.push(...followers);
  return [
    `${network}: ${ranges.map(({ from, to }) => `${from} -> ${to}`).join(', ')}`,
    indent(rows.length === 0 ? 'every address stays' : table(rows).join('\n'), 2),
    '',
    '',
  ].join('\n');
}

/** The same for programs. */
export function renumberJson({ network, ranges, moves }: RenumberView): object {
  return {
    type: 'network-renumbered',
    network,
    ranges,
    addresses: moves.flatMap(({ owner, from, to }) =>
      owner === undefined ? [] : [{ name: owner.name, kind: owner.kind, from, to }],
    ),
  };
}

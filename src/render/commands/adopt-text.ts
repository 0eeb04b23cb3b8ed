import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';

/** A comparison, as far as its text needs it; the layers know the rest. */
export interface Compared {
  readonly adoption: {
    readonly node: string;
    readonly interface: string;
    readonly network: { readonly name: string };
    readonly carriesSsh: boolean;
  };
  readonly rows: readonly {
    readonly what: string;
    readonly there: string;
    readonly wanted: string;
    readonly verdict: string;
    readonly becomes?: string;
  }[];
  readonly obstacles: readonly {
    readonly message: string;
    readonly evidence?: string;
    readonly fix: string;
  }[];
}

/** `36445 -> 51820: changed in place`; if both sides are the same, the value once. */
function textOf({ there, wanted, verdict, becomes }: Compared['rows'][number]): string {
  const sides = verdict === 'same' ? [there] : [there, wanted].filter((side) => side !== '');
  return sides.join(' -> ') + (becomes === undefined ? '' : `: ${becomes}`);
}

type Rest = readonly {
  readonly node: string;
  readonly network?: string;
  readonly standing: 'free' | 'ours' | 'no member';
}[];

/** One interface compared with the inventory, and the obstacles to taking it over. */
export function adoptionText({ adoption, rows, obstacles }: Compared, paint: Paint): string {
  const { node, network, interface: name, carriesSsh } = adoption;
  const lines = table(rows.map((row) => [row.verdict, row.what, textOf(row)]));
  const painted = lines.map((line, index) => {
    const verdict = rows[index]?.verdict;
    return verdict === 'same' || verdict === 'stays' ? paint.faint(line) : line;
  });
  return [
    paint.strong(`${name} on ${node}, for network ${network.name}`),
    indent(painted.join('\n'), 2),
    ...(carriesSsh
      ? [
          paint.warn(
            `  This SSH session comes in through ${name}: every change to it is made under the guard.`,
          ),
        ]
      : []),
    ...obstacles.map(({ message }) => paint.bad(`  in the way: ${message}`)),
    '',
  ].join('\n');
}

/** Networks and nodes with nothing to take over. */
export function nothingText(rest: Rest): string {
  const why = {
    ours: (network: string) => `network ${network} is this inventory's already`,
    free: (network: string) => `nothing of network ${network} is there: the first apply makes it`,
    'no member': () => 'not a member of any network',
  } as const;
  return rest.map(({ node, network = '', standing }) => `${node}  ${why[standing](network)}`).join('\n');
}

export function adoptionJson(compared: readonly Compared[], rest: Rest): object {
  return {
    type: 'adoption',
    adoptions: compared.map(({ adoption, rows, obstacles }) => ({
      node: adoption.node,
      network: adoption.network.name,
      interface: adoption.interface,
      carriesSsh: adoption.carriesSsh,
      rows,
      obstacles,
    })),
    rest,
  };
}

/** What was done, and the next command. */
export function adoptedText(
  adoptions: readonly {
    readonly node: string;
    readonly interface: string;
    readonly seen: { readonly takeover?: { readonly kind: string; readonly files: readonly string[] } };
  }[],
  { file, isEdited, next }: { readonly file: string; readonly isEdited: boolean; readonly next: string },
): string {
  const which = adoptions.map(({ node, interface: name }) => `${name} on ${node}`).join(', ');
  const handed = adoptions.flatMap(({ node, interface: name, seen: { takeover } }) =>
    takeover === undefined
      ? []
      : [`${name} on ${node} is made by wg-quick now, not by ${takeover.kind}; its files were moved aside.`],
  );
  return [
    `Adopted: ${which}. ${handed.length === 0 ? 'Nothing that runs was changed.' : 'No session was ended.'}`,
    ...handed,
    ...(isEdited ? [`${file} has what was only on the machines.`] : []),
    `Next: \`${next}\` shows what the first apply would change.`,
    '',
  ].join('\n');
}

import { count } from '../../../core/text.js';
import { command } from '../../../remote/quote.js';
import { all, END_LINE, fromLines, GarbledReply } from '../../../remote/reply-lines.js';
import type { Finding, GateKind } from '../../gate.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';

export interface CommandsParams {
  readonly names: readonly string[];
}

/** Where each command was found, in the order of the names. */
type Paths = readonly (string | undefined)[];

/** The commands are in PATH. */
export const commands: GateKind<CommandsParams, Paths> = {
  kind: 'commands',
  schema: parameters(
    {
      names: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: {
          type: 'string',
          pattern: '^[A-Za-z0-9_][A-Za-z0-9_.+-]*$',
          'x-message': 'write the name of a command, without path and arguments, such as nft',
        },
      },
    },
    ['names'],
  ),
  patience: 0,

  probe(context) {
    const { names } = context.params;
    return {
      script: `for name in ${command(...names)}; do
path=$(command -v "$name" 2>/dev/null) && echo "found $name $path" || echo "missing $name"
done
echo ${END_LINE}
`,
      parse: fromLines((lines) => {
        const paths = new Map(all(lines, 'found').map(([name, path = '']) => [name, path]));
        const missing = new Set(all(lines, 'missing').map(([name]) => name));
        return names.map((name) => {
          if (!paths.has(name) && !missing.has(name)) throw new GarbledReply(`no answer about ${name}`);
          return paths.get(name);
        });
      }),
    };
  },

  verdict(context, readings) {
    const { names } = context.params;
    const findings = [...readings.seen].flatMap(([node, paths]) =>
      names.map((name, number): Finding => {
        const path = paths[number];
        const base = { node, expected: `command ${name}` };
        if (path !== undefined) return { ...base, go: true, seen: path };
        return {
          ...base,
          go: false,
          seen: 'not found',
          fix: `bridgehead apply installs what the playbook lists for ${node}; otherwise install the package that contains ${name} there`,
        };
      }),
    );
    return conclude(
      readings,
      findings,
      (go, all) => `${go} of ${count(all, 'command')} found on ${count(readings.seen.size, 'node')}`,
    );
  },
};

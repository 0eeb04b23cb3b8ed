import { type Command, Option } from 'commander';
import { load, requireFit } from '../../app/load.js';
import { type Options, targetOptions } from '../../app/options.js';
import { type Io, paintFor, widthOf } from '../../app/terminal/io.js';
import { EXIT, formatProblem, InputError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, addOutputOptions, addPlaybookOption } from '../options.js';

type ValidateOptions = Pick<Options, 'inventory' | 'playbook' | 'json' | 'color'> & {
  readonly draw?: boolean;
};

export function addValidate(program: Command, host: CommandHost): void {
  addOutputOptions(addPlaybookOption(addInventoryOption(program.command('validate'))))
    .summary('check the inventory and the playbook, offline')
    .description(
      'Checks the inventory and the playbook and lists every problem as FILE:LINE:COLUMN. Connects to nothing. If both are ' +
        'valid, it shows which endpoint each node uses for each peer.',
    )
    .addOption(new Option('--draw', 'draw the network: sites, nodes, who connects to whom').conflicts('json'))
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead validate -i inventory/home-mesh.yaml',
          'bridgehead validate -i inventory/home-mesh.yaml --draw',
          'bridgehead validate -p ./my-playbook.yaml --json',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((options: ValidateOptions) => host.act((io) => validate(options, io)));
}

async function validate(options: ValidateOptions, io: Io): Promise<number> {
  try {
    const loaded = await load({ ...options, deep: true }, io);
    await requireFit(loaded);
    const [{ descriptionsOf }, { drawnText, validationJson, validationText }] = await Promise.all([
      import('../../layers/index.js'),
      import('../../render/commands/validation-text.js'),
    ]);
    const view = { ...loaded, descriptions: descriptionsOf(loaded.inventory) };
    for (const warning of loaded.warnings) io.stderr.write(`warning: ${sanitize(formatProblem(warning))}\n`);
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify(validationJson(view), null, 2)}\n`);
      return EXIT.go;
    }
    const paint = paintFor(io, 'stdout', options.color);
    io.stdout.write(
      options.draw === true ? drawnText(view, widthOf(io), paint) : validationText(view, paint),
    );
    if (io.stdout.isTTY === true) {
      const { afterValidation } = await import('../../render/next-steps.js');
      io.stdout.write(afterValidation(targetOptions(options, loaded.inventory), paint));
    }
    return EXIT.go;
  } catch (error) {
    if (options.json !== true || !(error instanceof InputError)) throw error;
    io.stdout.write(`${JSON.stringify({ ok: false, problems: error.problems }, null, 2)}\n`);
    return error.exitCode;
  }
}

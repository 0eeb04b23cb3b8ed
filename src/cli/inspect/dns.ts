import { type Command, Option } from 'commander';
import { RECORD_FORMATS } from '../../app/dns/format-names.js';
import type { DnsRecordsOptions } from '../../app/dns/records.js';
import type { CommandHost } from '../host.js';
import { addInventoryOption, addOutputOptions } from '../options.js';

export function addDns(program: Command, host: CommandHost): void {
  const dns = program
    .command('dns')
    .summary('the records that names need outside and inside')
    .description('The records by which visitors find apps, and what the routers of LANs have to know.')
    .addHelpText('after', host.footer(['bridgehead dns records'], ['go', 'badInput']));
  addOutputOptions(addInventoryOption(dns.command('records')))
    .addOption(
      new Option('--format <format>', 'list, a zone file, or the file of a zone for OctoDNS')
        .choices(RECORD_FORMATS)
        .default('list'),
    )
    .option('--zone <zone>', 'only names in this zone (default: all)')
    .summary('list what to publish, and what to set in routers')
    .description(
      "Lists the records to publish at the provider of the zone, and what to set in the routers of the serving nodes' LANs. " +
        'Connects to nothing.',
    )
    .addHelpText(
      'after',
      host.footer(
        [
          'bridgehead dns records',
          'bridgehead dns records --format octodns --zone example.com >example.com.yaml',
        ],
        ['go', 'badInput'],
      ),
    )
    .action((options: DnsRecordsOptions) =>
      host.act(async (io) => (await import('../../app/dns/records.js')).listRecords(options, io)),
    );
}

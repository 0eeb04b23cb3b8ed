import { count } from '../../../core/text.js';
import { command } from '../../../remote/quote.js';
import { END_LINE, fromLines, GarbledReply } from '../../../remote/reply-lines.js';
import { lines } from '../../../remote/script.js';
import type { Finding, GateKind } from '../../gate.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { overruledAtBoot } from '../kernel/at-boot.js';
import { BOOT_SETTINGS, type BootSettings, parseBootSettings } from '../kernel/boot-settings.js';
import { normalizeValue, sysctlPath } from '../kernel/sysctl-keys.js';

export interface SysctlGateParams {
  /** Value by key; of several words separated by any white space. */
  readonly values: Readonly<Record<string, string | number>>;
}

interface Seen {
  /** In the order of the keys; undefined if the kernel has no such key. */
  readonly live: readonly (string | undefined)[];
  readonly boot: BootSettings;
}

const fileOf = (key: string): string => `/proc/sys/${sysctlPath(key)}`;

/** The values are live, and no file changes them at the next boot. */
export const sysctl: GateKind<SysctlGateParams, Seen> = {
  kind: 'sysctl',
  schema: parameters(
    {
      values: {
        type: 'object',
        minProperties: 1,
        propertyNames: {
          pattern: '^[a-z0-9_-]+([./][A-Za-z0-9_@-]+)+$',
          'x-message': 'write a setting of the kernel, such as net.ipv4.ip_forward',
        },
        additionalProperties: { type: ['string', 'integer'], minLength: 1 },
      },
    },
    ['values'],
  ),
  patience: 0,

  // One grep for all: it labels each value with its path, and many of these files can only be read completely.
  probe(context) {
    const keys = Object.keys(context.params.values);
    return {
      script: lines(
        command('grep', '-s', '', ...keys.map(fileOf), '/dev/null'),
        BOOT_SETTINGS.script,
        `echo ${END_LINE}`,
        '',
      ),
      parse: fromLines((lines) => {
        const isValue = (first = ''): boolean => first.startsWith('/proc/sys/');
        const files = lines.filter(([first]) => !isValue(first)).map((line) => line.join(' '));
        if (files.some((line) => !/^(boot \/|\/[^:]+:\d+:)/.test(line)))
          throw new GarbledReply('a line that is not a value');
        const live = keys.map((key) => {
          const label = `${fileOf(key)}:`;
          const line = lines.find(([first]) => first?.startsWith(label));
          return line?.join(' ').slice(label.length).trim();
        });
        return { live, boot: parseBootSettings(files) };
      }),
    };
  },

  verdict(context, readings) {
    const wanted = Object.entries(context.params.values);
    const findings = [...readings.seen].flatMap(([node, { live, boot }]) =>
      wanted.map(([key, value], number): Finding => {
        const base = { node, expected: `${key} = ${normalizeValue(value)}` };
        const seen = live[number];
        if (seen === undefined) {
          return {
            ...base,
            go: false,
            seen: 'no such key',
            fix: `check on ${node} whether its kernel has ${key}, or a module is missing`,
          };
        }
        const overruled = overruledAtBoot(boot, key, value);
        if (seen === normalizeValue(value)) {
          if (overruled === undefined) return { ...base, go: true, seen };
          return { ...base, go: false, seen: `${seen}, but ${overruled.seen}`, fix: overruled.fix };
        }
        const fix =
          overruled === undefined
            ? 'apply the phase that sets it; if it comes back, another program on the node sets it'
            : `${overruled.fix}; then apply the phase that sets it`;
        const why = overruled === undefined ? '' : `; ${overruled.seen}`;
        return { ...base, go: false, seen: `${seen}${why}`, fix };
      }),
    );
    return conclude(readings, findings, (go, all) => `${go} of ${count(all, 'value')} in force`);
  },
};

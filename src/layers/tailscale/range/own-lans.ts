import { overlaps, spanOf } from '../../../model/address.js';
import type { Question } from '../../../remote/question.js';
import { TAILNET_LINK } from '../daemon/paths.js';

/** A range that a machine is in itself. */
export interface OwnLan {
  readonly range: string;
  readonly device: string;
}

/** The ranges of the machine's own links. */
export const OWN_LANS: Question<readonly OwnLan[]> = {
  script: `for family in 4 6; do
ip -"$family" route show table main proto kernel 2>/dev/null | while read -r range _ device _; do echo "lan $range $device"; done
done`,
  parse: ({ stdout }) =>
    stdout.split('\n').flatMap((line) => {
      const [, range = '', device = ''] = /^lan ([0-9a-f.:]+\/\d+) (\S+)$/.exec(line) ?? [];
      return range === '' || device === TAILNET_LINK || range.startsWith('fe80:') ? [] : [{ range, device }];
    }),
};

/** The machine's own link that a route would cover. */
export function coveredBy(range: string, lans: readonly OwnLan[]): OwnLan | undefined {
  const span = spanOf(range);
  return lans.find((lan) => overlaps(spanOf(lan.range), span));
}

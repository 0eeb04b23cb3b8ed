import { filesFact, type ListedFile } from '../../../facts/files.js';
import { LISTENING, type Listening } from '../../../facts/listening/listening.js';
import { type SeenUnit, unitFact } from '../../../facts/unit.js';
import { byName, inParts, type Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { RESOLVERS, UNIT_PATH, UNIT_PATTERN, unitOf } from '../resolver/unit.js';
import type { View } from '../views.js';

/** What a node has of ours that answers names, and who has the port. */
export interface SeenDns {
  readonly files: ReadonlyMap<string, ListedFile>;
  /** Units of the views that are wanted there. */
  readonly units: ReadonlyMap<string, SeenUnit>;
  /** Units of ours that run, or start at boot. */
  readonly present: readonly string[];
  readonly sockets: readonly Listening[];
}

const NOBODY: Question<readonly Listening[]> = { script: ':', parse: () => [] };

const present: Question<readonly string[]> = {
  script: `{
systemctl list-units --plain --no-legend --all ${quote(UNIT_PATTERN)} | while read -r unit _; do echo "$unit"; done
for link in /etc/systemd/system/multi-user.target.wants/${UNIT_PATTERN}; do
[ ! -L "$link" ] || echo "\${link##*/}"
done
} 2>/dev/null | sort -u`,
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line.endsWith('.service')),
};

export const seenDns = (views: readonly View[]): Question<SeenDns> =>
  inParts({
    sockets: views.length === 0 ? NOBODY : LISTENING,
    present,
    units: byName(
      views.map(({ id }) => unitOf(id)),
      (unit) => unitFact(unit, []),
    ),
    files: filesFact([UNIT_PATH, ...RESOLVERS.flatMap(({ paths }) => paths('*'))]),
  });

import { Secret } from '../../../../core/secret.js';
import type { Listening } from '../../../../facts/listening/listening.js';
import { type SeenUnit, unitFact } from '../../../../facts/unit.js';
import { byName, inParts, type Question } from '../../../../remote/question.js';
import { command, quote } from '../../../../remote/quote.js';
import { PROXY_USER, SALT_PATH } from '../paths.js';
import type { ReverseProxy, Service } from '../proxy.js';
import { proxyFiles, type SeenFile } from './files.js';
import { holdersOf } from './holders.js';

/** A proxy as it is on a node. */
export interface SeenProxy {
  readonly hasUser: boolean;
  readonly files: ReadonlyMap<string, SeenFile>;
  readonly units: ReadonlyMap<string, SeenUnit>;
  /** Units that run a program which has been replaced since. */
  readonly outdated: ReadonlySet<string>;
  /** Units of ours that run, or start at boot. */
  readonly present: readonly string[];
  readonly holders: readonly Listening[];
  readonly served: ReadonlySet<string> | undefined;
  /** A new one if the node has none yet. */
  readonly salt: Secret;
}

const words = ({ stdout }: { readonly stdout: string }): readonly string[] =>
  stdout.split('\n').filter((line) => line !== '');

const hasUser: Question<boolean> = {
  script: `! id -u ${quote(PROXY_USER)} >/dev/null 2>&1 || echo yes`,
  parse: ({ stdout }) => stdout.trim() === 'yes',
};

const salt: Question<Secret> = {
  script: `if [ -s ${SALT_PATH} ]; then cat ${SALT_PATH}; else head -c 32 /dev/urandom | base64; fi`,
  parse: ({ stdout }) => new Secret(stdout.trim()),
};

/** sh that prints the units of ours that are active, or enabled. */
export const presentUnits: Question<readonly string[]> = {
  script: `{
systemctl list-units --plain --no-legend --all 'bridgehead-traefik*' 'bridgehead-caddy*' 'bridgehead-maintenance*' | while read -r unit _; do echo "$unit"; done
for link in /etc/systemd/system/multi-user.target.wants/bridgehead-traefik*.service /etc/systemd/system/multi-user.target.wants/bridgehead-caddy.service /etc/systemd/system/multi-user.target.wants/bridgehead-maintenance.service; do
[ ! -L "$link" ] || echo "\${link##*/}"
done
} 2>/dev/null | sort -u | grep '\\.service$'`,
  parse: words,
};

function outdatedOf(units: readonly string[], program: string): Question<readonly string[]> {
  return {
    script: `for unit in ${command(...units)}; do
process=$(systemctl show -p MainPID --value "$unit" 2>/dev/null)
[ "\${process:-0}" != 0 ] || continue
runs=$(readlink "/proc/$process/exe")
case \${runs%' (deleted)'} in */perl* | "$(readlink -f ${quote(program)})") ;; *) echo "$unit" ;; esac
done`,
    parse: words,
  };
}

const NOTHING: Question<undefined> = { script: ':', parse: () => undefined };

/** @param proxy None on a node that is to have none. */
export function seenProxy(
  proxy: ReverseProxy | undefined,
  services: readonly Service[],
): Question<SeenProxy> {
  const units = services.map(({ unit }) => unit);
  const parts = inParts({
    hasUser,
    present: presentUnits,
    holders: holdersOf(services.flatMap(({ ports }) => ports)),
    outdated: outdatedOf(units, proxy?.program ?? ''),
    served: proxy?.served ?? NOTHING,
    units: byName(units, (unit) => unitFact(unit, [])),
    files: proxyFiles,
    salt,
  });
  return {
    script: parts.script,
    parse: (reply) => {
      const answers = parts.parse(reply);
      return { ...answers, outdated: new Set(answers.outdated) };
    },
  };
}

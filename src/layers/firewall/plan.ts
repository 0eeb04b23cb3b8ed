import { dirname } from 'node:path/posix';
import { sha256 } from '../../core/sha256.js';
import { holds, textThere } from '../../facts/file.js';
import type { Inventory, Opening } from '../../model/inventory.js';
import { command } from '../../remote/quote.js';
import { writeFileScript } from '../shared/atomic-write.js';
import { startUnit } from '../shared/start-unit.js';
import { writeChange } from '../shared/write-change.js';
import type { Change, Disruption } from '../step.js';
import { planFirewalld } from './firewalld/plan.js';
import { zonesWanted } from './firewalld/rules.js';
import { strayOpenings } from './firewalld/strays.js';
import { isByUfw, isPassable, obstaclesTo, othersTables } from './others.js';
import type { SeenFirewall } from './probe/seen.js';
import { stoppedBy, stoppedDiff, stoppedText } from './published.js';
import { type Pass, passesIn, passRule, toolOf } from './table/passes.js';
import { DROP_INS, LOADED_PATH, LOADER_PATH, RULES_PATH, TABLE, UNIT, UNIT_PATH } from './table/paths.js';
import { rulesetText } from './table/ruleset.js';
import { LOADER, UNIT_TEXT } from './table/unit.js';
import { planUfw } from './ufw/plan.js';
import { ufwWanted } from './ufw/rules.js';
import { closerOf, openingsOn } from './wanted.js';

const NONE: Disruption = { level: 'none' };
const MODE = '644 root root';

const write = (path: string, content: string): string =>
  writeFileScript({ path, content, mode: '0644', owner: 'root', group: 'root' });

/** Rules for the chain INPUT of iptables that let past its others what must be open; those of now if the others aren't known. */
function passesFor(openings: readonly Opening[], seen: SeenFirewall): readonly Pass[] {
  const others = othersTables(seen);
  if (others === undefined) return passesIn(seen.rules.type === 'file' ? (seen.rules.content ?? '') : '');
  const passes = obstaclesTo(openings, others)
    .filter(isPassable)
    .map(({ opening, from, packet }) => ({ tool: toolOf(packet.family), rule: passRule(opening, from) }));
  const keys = passes.map(({ tool, rule }) => `${tool} ${rule}`);
  return passes.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** The changes that close a node but for its openings; `[]` if it is. */
export function planClosed(inventory: Inventory, node: string, seen: SeenFirewall): Change[] {
  const openings = openingsOn(inventory, node, seen);
  const closer = closerOf(seen);
  const passes = passesFor(openings, seen);
  const text = rulesetText({
    inventory: inventory.name,
    openings,
    closesInput: closer === 'table',
    passes,
    uplinks: seen.uplinks,
    strays: closer === 'firewalld' ? strayOpenings(openings, othersTables(seen) ?? []) : [],
  });
  const isBlocked = obstaclesTo(openings, othersTables(seen)).some(isByUfw);
  return [
    ...(closer === 'ufw' && seen.ufw ? planUfw(ufwWanted(openings, seen.ufw), seen.ufw, isBlocked) : []),
    ...(closer === 'firewalld' && seen.firewalld
      ? planFirewalld(zonesWanted(openings, seen.firewalld, seen.uplinks), seen.firewalld)
      : []),
    ...planFiles(seen),
    ...planRules(text, seen),
    ...planLoad(text, passes, seen),
  ];
}

/** Our files that are the same on every node, by path. */
export const FILES: ReadonlyMap<string, string> = new Map([
  [LOADER_PATH, LOADER],
  [UNIT_PATH, UNIT_TEXT],
  ...DROP_INS,
]);

function planFiles({ own }: SeenFirewall): Change[] {
  const wrong = [...FILES].filter(([path, content]) => {
    const file = own.files.get(path);
    return file?.sha256 !== sha256(content) || file.mode !== MODE;
  });
  if (wrong.length === 0) return [];
  return [
    {
      summary: `write what loads the rules at boot, and again after whatever may flush them: ${wrong.length} of ${FILES.size} files`,
      disruption: NONE,
      script: `${wrong.map(([path, content]) => write(path, content)).join(' && ')} && systemctl daemon-reload`,
    },
  ];
}

function planRules(text: string, { rules }: SeenFirewall): Change[] {
  return holds(rules, text) ? [] : [writeChange({ path: RULES_PATH, content: text }, textThere(rules))];
}

/** Why the table has to be loaded; empty if the live one was loaded from exactly this file. */
function whyLoad(text: string, passes: readonly Pass[], { own }: SeenFirewall): string[] {
  const [file, table] = own.loaded;
  const keys = (list: readonly Pass[]): string =>
    list
      .map(({ tool, rule }) => `${tool} ${rule}`)
      .sort()
      .join('\n');
  return [
    ...(own.table === undefined ? ['it is missing'] : []),
    ...(own.table !== undefined && own.table !== table ? ['it is not the one that was loaded'] : []),
    ...(own.table !== undefined && file !== sha256(text) ? ['its file is newer'] : []),
    ...(keys(own.passes) === keys(passes) ? [] : ["our rules in others' chains are not the wanted ones"]),
    ...(own.enabled ? [] : ['it is not loaded at boot']),
    ...(own.active ? [] : ['its unit has not run']),
  ];
}

const ENDS = 'what no rule lets in any more ends';

function planLoad(text: string, passes: readonly Pass[], seen: SeenFirewall): Change[] {
  const why = whyLoad(text, passes, seen);
  if (why.length === 0) return [];
  const stopped = stoppedBy(text, seen);
  return [
    {
      summary: `load table inet ${TABLE}: ${why.join('; ')}`,
      disruption:
        stopped.length === 0
          ? { level: 'brief', detail: ENDS }
          : { level: 'outage', detail: `${ENDS}, and so does what is published at ${stoppedText(stopped)}` },
      ...(stopped.length > 0 && { diff: stoppedDiff(stopped) }),
      script: `command -v nft >/dev/null 2>&1 || { echo 'nft is not installed' >&2; exit 1; }\n${startUnit(UNIT, 'reload-or-restart')}`,
    },
  ];
}

export const OWN_PATHS: readonly string[] = [...FILES.keys(), RULES_PATH];

/** Those of ours that may be left empty, unlike that of all units. */
const foldersOf = (files: readonly string[]): string[] =>
  [...new Set(files.map((file) => dirname(file)))].filter((folder) => folder !== dirname(UNIT_PATH));

/** All that is ours on a node, but for the rules of UFW and firewalld, is removed. */
export function removeScript({ own, rules }: SeenFirewall): string | undefined {
  const files = [...own.files.keys(), ...(rules.type === 'absent' ? [] : [RULES_PATH])];
  const isThere = files.length > 0 || own.table !== undefined || own.passes.length > 0;
  if (!isThere) return undefined;
  return [
    ...(own.enabled || own.active ? [command('systemctl', 'disable', '--now', '--quiet', UNIT)] : []),
    ...own.passes.map(({ tool, rule }) => command(tool, '-w', '-D', 'INPUT', ...rule.split(' '))),
    ...(own.table === undefined ? [] : [command('nft', 'delete', 'table', 'inet', TABLE)]),
    ...(files.length === 0
      ? []
      : [
          command('rm', '-f', ...files, LOADED_PATH),
          command('find', ...foldersOf(files), '-maxdepth', '0', '-empty', '-delete'),
          'systemctl daemon-reload',
        ]),
  ].join(' && ');
}

import { count } from '../../../core/text.js';
import type { ListedFile } from '../../../facts/files.js';
import type { Inventory } from '../../../model/inventory.js';
import { command } from '../../../remote/quote.js';
import { inventoryOf } from '../../shared/managed.js';
import { startUnit } from '../../shared/start-unit.js';
import { writeChange } from '../../shared/write-change.js';
import type { Change, Facts } from '../../step.js';
import { answersAt } from '../answers.js';
import type { Dns } from '../inventory/types.js';
import { wayTo } from '../openings.js';
import { DNSMASQ_FOLDER } from '../resolver/dnsmasq.js';
import type { ResolverFile, WantedView } from '../resolver/resolver.js';
import { resolverOf, UNIT_PATH, unitOf, unitText } from '../resolver/unit.js';
import { placeText, servedViews, viewsOf } from '../views.js';
import type { SeenDns } from './seen.js';

const MODE = '644 root:root';

/** What a node is to answer; none if it doesn't serve. */
export function wantedViews(inventory: Inventory, facts: Facts, node: string): WantedView[] {
  const { dns, name } = inventory;
  if (dns?.serve.includes(node) !== true) return [];
  return servedViews(inventory, facts, node).map((view) => ({
    inventory: name,
    dns,
    view,
    answers: answersAt({ inventory, facts, place: view.place }, dns),
    sources: wayTo(inventory, node, view.place).sources,
  }));
}

const isAsWanted = ({ content }: ResolverFile, seen: ListedFile | undefined): boolean =>
  seen?.content === content && seen.mode === MODE;

function planUnit(dns: Dns, seen: SeenDns): Change[] {
  const file = { path: UNIT_PATH, content: unitText(resolverOf(dns)) };
  const old = seen.files.get(UNIT_PATH);
  if (isAsWanted(file, old)) return [];
  const change = writeChange(file, old?.content);
  return [
    { ...change, script: `${change.script} && systemctl daemon-reload`, touches: { files: [UNIT_PATH] } },
  ];
}

/** Whether a unit began to run before one of its files was written. */
const isOutdated = (files: readonly string[], seen: SeenDns, unit: string): boolean =>
  files.some((path) => (seen.files.get(path)?.modified ?? 0) > (seen.units.get(unit)?.startedAt ?? 0));

function planView(wanted: WantedView, seen: SeenDns, isUnitNew: boolean): Change[] {
  const { dns, view, answers } = wanted;
  const resolver = resolverOf(dns);
  const { config, others } = resolver.files(wanted);
  const paths = [...others, config].map(({ path }) => path);
  const old = resolver.paths(view.id).filter((path) => seen.files.has(path) && !paths.includes(path));
  const unit = unitOf(view.id);
  const state = seen.units.get(unit);
  const writeOf = (file: ResolverFile, test?: string): Change | undefined => {
    const there = seen.files.get(file.path);
    return isAsWanted(file, there) ? undefined : writeChange({ ...file, test }, there?.content);
  };
  const before = others.flatMap((file): Change[] => {
    const write = writeOf(file);
    return write === undefined ? [] : [{ ...write, touches: { files: [file.path] } }];
  });
  const write = writeOf(config, resolver.test);
  const isCurrent = !isUnitNew && !isOutdated([...paths, UNIT_PATH], seen, unit);
  const isWritten = write === undefined && before.length + old.length === 0;
  if (isWritten && isCurrent && state?.active === true && state.fileState === 'enabled') return [];
  const script = [
    ...(write === undefined ? [] : [write.script]),
    ...(old.length > 0 ? [command('rm', '-f', ...old)] : []),
    `systemctl daemon-reload && { ${startUnit(unit, 'restart')}; }`,
  ];
  return [
    ...before,
    {
      ...write,
      summary: `answer ${count(answers.length, 'name')} for ${placeText(view.place)} at ${view.addresses.join(', ')}`,
      disruption:
        state?.active === true
          ? { level: 'brief', detail: `restarts ${unit}: no answers for less than 1 s` }
          : { level: 'none' },
      script: script.join(' && '),
      touches: { files: [config.path, ...old], units: [unit] },
    },
  ];
}

/** Whether what is there was written for this inventory. */
const isOurs = (inventory: Inventory, seen: SeenDns): boolean =>
  [...seen.files.values()].some(({ content = '' }) => inventoryOf(content) === inventory.name);

/**
 * Removes the views, and all else of ours, that are no longer wanted. A view whose addresses aren't known now, as in a tailnet that is
 * down, stays.
 */
function planRemoval(inventory: Inventory, node: string, seen: SeenDns): Change[] {
  const { dns } = inventory;
  const kept = dns?.serve.includes(node) === true ? viewsOf(inventory, node) : [];
  if (kept.length === 0 && !isOurs(inventory, seen)) return [];
  const units = new Set(kept.map(({ id }) => unitOf(id)));
  const files = new Set([
    ...kept.flatMap(({ id }) => (dns === undefined ? [] : resolverOf(dns).paths(id))),
    ...(kept.length > 0 ? [UNIT_PATH] : []),
  ]);
  const oldUnits = seen.present.filter((unit) => !units.has(unit));
  const oldFiles = [...seen.files.keys()].filter((path) => !files.has(path));
  if (oldUnits.length === 0 && oldFiles.length === 0) return [];
  const script = [
    ...(oldUnits.length > 0 ? [command('systemctl', 'disable', '--quiet', '--now', ...oldUnits)] : []),
    ...(oldFiles.length > 0 ? [command('rm', '-f', ...oldFiles)] : []),
    'systemctl daemon-reload',
    `{ [ ! -d ${DNSMASQ_FOLDER} ] || find ${DNSMASQ_FOLDER} -maxdepth 0 -empty -delete; }`,
  ];
  return [
    {
      summary: `remove ${[...oldUnits, ...oldFiles].join(', ')}`,
      disruption:
        oldUnits.length > 0
          ? { level: 'outage', detail: `stops ${oldUnits.join(', ')}: who asks there gets no answers` }
          : { level: 'none' },
      script: script.join(' && '),
      touches: { files: oldFiles, units: oldUnits },
    },
  ];
}

/** What is no longer wanted goes first: it may have the port. */
export function planDns(inventory: Inventory, node: string, seen: SeenDns, facts: Facts): Change[] {
  const wanted = wantedViews(inventory, facts, node);
  const removal = planRemoval(inventory, node, seen);
  const [first] = wanted;
  if (first === undefined) return removal;
  const unit = planUnit(first.dns, seen);
  return [...removal, ...unit, ...wanted.flatMap((one) => planView(one, seen, unit.length > 0))];
}

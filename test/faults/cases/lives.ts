import type { Case, Life } from '../case.js';
import type { RunReport } from '../controller.js';
import { freePort, holdPort, line, openFar, rebootFar, shutFar } from '../faults.js';
import {
  ANOTHER,
  ANOTHER_ON_OURS,
  HUB_TO_MESH,
  MEMBER_OUT,
  NETWORK_OUT,
  NETWORK_REPLACED,
  PORT,
  PUBLIC,
  RANGE,
  RENAMED,
  SITE_PUBLIC,
} from '../life/lives.js';
import { confirmsNobody, FAILS_IN_TIME, kill, pause, SURVIVES, where } from './moments.js';

/** The changes that a network goes through in its life: alone with a reboot of all at the end, and disturbed. */
export function lives(): Case[] {
  const alone = [
    PORT,
    PUBLIC,
    SITE_PUBLIC,
    RANGE,
    RENAMED,
    MEMBER_OUT,
    HUB_TO_MESH,
    ANOTHER,
    NETWORK_OUT,
    NETWORK_REPLACED,
  ].map((life): Case => ({ ...change(life), name: life.name, exits: [0], boots: true }));
  const killed = [
    { life: PORT, at: kill('guard-confirmed', 'tunnel') },
    { life: PUBLIC, at: kill('change-done', 'tunnel') },
    { life: RANGE, at: kill('change-done', 'tunnel', 2) },
    { life: RENAMED, at: kill('guard-armed', 'tunnel', 2) },
    { life: RENAMED, at: kill('guard-confirmed', 'tunnel') },
    { life: MEMBER_OUT, at: kill('change-done', 'tunnel') },
    { life: HUB_TO_MESH, at: kill('change-done', 'kernel') },
    { life: ANOTHER, at: kill('change-done', 'tunnel') },
  ].map(
    ({ life, at }): Case => ({
      ...change(life),
      name: `${life.name}, kill -9 at ${where(at)}`,
      at,
      exits: [137],
    }),
  );
  const lost = [PORT, SITE_PUBLIC, RENAMED].map(
    (life): Case => ({
      ...change(life),
      name: `${life.name}, and the line dies`,
      at: pause('change-started', 'tunnel'),
      inject: line({ kind: 'black-hole' }, 'both'),
      heal: line({ kind: 'pass' }, 'both'),
      healAfter: 15,
      exits: SURVIVES,
    }),
  );
  const booted = [PORT, RANGE, RENAMED].map(
    (life): Case => ({
      ...change(life),
      name: `${life.name}, and one machine reboots while armed`,
      at: pause('guard-armed', 'tunnel'),
      inject: rebootFar,
      exits: SURVIVES,
    }),
  );
  return [
    ...alone,
    ...killed,
    ...lost,
    ...booted,
    {
      ...change(PORT),
      name: 'the port, which somebody else holds on one machine',
      prepare: holdPort,
      heal: freePort,
      exits: [3, 5, 7],
    },
    ...together(),
    { ...change(ANOTHER_ON_OURS), name: ANOTHER_ON_OURS.name, exits: [3, 7], boots: true },
  ];
}

/** One machine can't follow, which no jump host ties to the others: they go back with it, and never go ahead. */
function together(): Case[] {
  const alike = {
    ...change(PORT),
    reverts: true,
    // Time enough for the others to be confirmed, were they, before the first login to the far machine has failed.
    args: ['--guard-seconds', '20'],
    judge: ({ events }: RunReport) => confirmsNobody(events),
  } as const;
  const failsInTime: Pick<Case, 'exits' | 'judge'> = {
    ...FAILS_IN_TIME,
    judge: (report) => [...alike.judge(report), ...(FAILS_IN_TIME.judge?.(report) ?? [])],
  };
  const at = pause('phase-started', 'tunnel');
  const shut = { ...alike, inject: shutFar, heal: openFar } as const;
  return [
    {
      ...alike,
      name: 'the port, which somebody takes on one machine once all have been looked at',
      at,
      inject: holdPort,
      heal: freePort,
      ...failsInTime,
    },
    {
      ...alike,
      ...change(NETWORK_REPLACED),
      name: 'the network replaced by another, whose port somebody takes on one machine',
      at,
      inject: holdPort,
      heal: freePort,
      ...failsInTime,
    },
    {
      ...shut,
      name: 'the port, and one machine lets nobody in any more until its guard has fired',
      at,
      healAfter: 28,
      exits: [5],
    },
    {
      ...shut,
      name: 'the port, one machine lets nobody in any more, kill -9 while it is waited for',
      at: { ...at, next: kill('guard-waiting', 'tunnel') },
      exits: [137],
    },
  ];
}

const change = (life: Life) => ({ fault: `life: ${life.name}`, play: 'shipped', life }) as const;

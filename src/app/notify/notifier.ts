import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { redact } from '../../remote/redact.js';
import { sanitize } from '../../remote/sanitize.js';
import type { NotificationEvent } from '../../render/report/notification/events.js';
import {
  type Notification,
  notificationOf,
  type Outcome,
} from '../../render/report/notification/notification.js';
import type { EventSink, StampedEvent } from '../../runner/events/events.js';
import type { Io } from '../terminal/io.js';
import { attempt, type Failure, type Message } from './deliver.js';
import { loadRecipients, type Recipient } from './load.js';

/** Between the attempts to send a notification. */
const PAUSES_MS = [1000, 5000, 15_000];

/** The notifications of a run in progress. */
export interface Notifier {
  readonly event: EventSink;
  /** Notifies whoever asked for what came of the run. Says what failed on standard error, and throws nothing for it. */
  send(outcome: Outcome): Promise<void>;
}

type Pause = (ms: number) => Promise<unknown>;

/** Throws InputError with every problem of the file. */
export async function openNotifier(file: string, io: Io, pause: Pause = sleep): Promise<Notifier> {
  const recipients = await loadRecipients(file, io);
  const events: StampedEvent[] = [];
  return {
    event: (event) => void events.push(event),
    send: async (outcome) => {
      try {
        await sendAll(notificationOf(events, outcome));
      } catch (error) {
        io.stderr.write(`warning: not everybody was notified: ${redact(sanitize(messageOf(error)))}\n`);
      }
    },
  };

  async function sendAll(notification: Notification): Promise<void> {
    const { event } = notification;
    const wanted = recipients.filter(({ on }) => isWanted(on, event));
    const message = { id: randomUUID(), event, body: JSON.stringify(notification) };
    await Promise.all(
      wanted.map(async (recipient) => io.stderr.write(await delivered(recipient, message, io, pause))),
    );
  }
}

const isWanted = (on: Recipient['on'], event: NotificationEvent): boolean =>
  on.includes('always') || (event !== 'go' && on.includes(event));

/** Tries as often as there are pauses, and once before; says what came of it. */
async function delivered(recipient: Recipient, message: Message, io: Io, pause: Pause): Promise<string> {
  const name = recipient.via.kind === 'webhook' ? recipient.via.host : recipient.via.words[0];
  let failure: Failure | undefined;
  let attempts = 0;
  for (const ms of [0, ...PAUSES_MS]) {
    if (ms > 0) await pause(ms);
    failure = await attempt(recipient, message, io.env);
    attempts += 1;
    if (failure === undefined) return `notified ${name}: ${message.event}\n`;
    if (failure.isFinal) break;
  }
  const tried = attempts === 1 ? '' : `, ${attempts} attempts`;
  return `warning: ${name} was not notified (${message.event}): ${failure?.reason}${tried}\n`;
}

import type { EventOf } from '../event-table.js';

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** `12.0 MB of 50.9 MB` */
export const progressText = (done: number, total: number | undefined): string =>
  total === undefined ? megabytes(done) : `${megabytes(done)} of ${megabytes(total)}`;

/** `sending traefik 3.7.15 for amd64: 12.0 MB of 50.9 MB` */
export function movingText({ program, doing, done, total }: Omit<EventOf<'program-moving'>, 'type'>): string {
  return `${doing === 'fetch' ? 'fetching' : 'sending'} ${program}: ${progressText(done, total)}`;
}

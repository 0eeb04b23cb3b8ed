import { posix } from 'node:path';
import { command } from '../../../remote/quote.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import { type OwnerRecord, recordPath, recordText } from './record.js';

/** sh that notes whose the interface is. */
export function recordScript(name: string, record: OwnerRecord): string {
  const path = recordPath(name);
  const file = { path, content: recordText(name, record), mode: '0600', owner: 'root', group: 'root' };
  return `${command('mkdir', '-p', '-m', '700', posix.dirname(path))} && ${writeFileScript(file)}`;
}

import { type FragmentReply, frameMark } from './program.js';

interface Open {
  readonly id: string;
  readonly parts: Buffer[];
}

interface FrameEvents {
  readonly onBegin?: (id: string) => void;
  readonly onEnd?: (id: string, code: number) => void;
}

const NEWLINE = 0x0a;
/** No mark is longer: something that begins like one and is longer isn't one, so its end isn't waited for. */
const MAX_MARK = 1024;

/** Reads one of the two streams of a framed reply as it arrives; anything between frames is dropped. */
export class FrameReader {
  readonly outputs = new Map<string, { readonly code: number; readonly text: string }>();
  done = false;
  private readonly mark: Buffer;
  private readonly events: FrameEvents;
  private pending = Buffer.alloc(0);
  private open: Open | undefined;

  constructor(nonce: string, events: FrameEvents = {}) {
    this.mark = Buffer.from(frameMark(nonce));
    this.events = events;
  }

  push(chunk: Buffer): void {
    let data = Buffer.concat([this.pending, chunk]);
    for (;;) {
      const start = data.indexOf(this.mark);
      if (start < 0) {
        const keep = Math.min(data.length, this.mark.length - 1);
        this.collect(data.subarray(0, data.length - keep));
        this.pending = data.subarray(data.length - keep);
        return;
      }
      const rest = start + this.mark.length;
      const end = data.indexOf(NEWLINE, rest);
      if (end < 0 ? data.length - rest > MAX_MARK : end - rest > MAX_MARK) {
        this.collect(data.subarray(0, rest));
        data = data.subarray(rest);
        continue;
      }
      this.collect(data.subarray(0, start));
      if (end < 0) {
        this.pending = data.subarray(start);
        return;
      }
      this.handle(data.subarray(rest, end).toString('utf8'));
      data = data.subarray(end + 1);
    }
  }

  private collect(bytes: Buffer): void {
    if (bytes.length > 0) this.open?.parts.push(Buffer.from(bytes));
  }

  private handle(line: string): void {
    const [word, id = '', code = ''] = line.split(' ');
    if (word === 'done') this.done = true;
    if (word === 'begin') {
      this.open = { id, parts: [] };
      this.events.onBegin?.(id);
    }
    if (word === 'end' && this.open?.id === id) {
      this.outputs.set(id, { code: Number(code), text: Buffer.concat(this.open.parts).toString('utf8') });
      this.open = undefined;
      this.events.onEnd?.(id, Number(code));
    }
  }
}

/** Joins both streams' frames; a fragment whose end is missing on either stream is left out. */
export function joinFrames(stdout: FrameReader, stderr: FrameReader): Map<string, FragmentReply> {
  const replies = new Map<string, FragmentReply>();
  for (const [id, out] of stdout.outputs) {
    const err = stderr.outputs.get(id);
    if (err) replies.set(id, { id, code: out.code, stdout: out.text, stderr: err.text });
  }
  return replies;
}

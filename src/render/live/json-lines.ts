import { jsonText } from '../json-text.js';
import type { Renderer, Write } from './renderer.js';

/** One line of JSON for each event, and nothing else. */
export function createJsonLines(write: Write): Renderer {
  return {
    event: (event) => write(`${jsonText(event)}\n`),
    keepsGates: true,
    suspend: (work) => work(),
    close: async () => {},
  };
}

import type { Renderer, Write } from './renderer.js';

/** Characters that are legal in JSON and that a terminal interprets. */
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line of JSON for each event, and nothing else. */
export function createJsonLines(write: Write): Renderer {
  return {
    event: (event) => write(`${JSON.stringify(event).replace(UNSAFE, escapeCharacter)}\n`),
    keepsGates: true,
    suspend: (work) => work(),
    close: async () => {},
  };
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

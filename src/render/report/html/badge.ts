import { html, type Markup } from './markup.js';

export type Tone = 'good' | 'bad' | 'warn' | 'calm';

/** A word with a colour, which never says more than the word. */
export const badge = (word: string, tone: Tone): Markup => html`<span class="badge ${tone}">${word}</span>`;

/** A time for people, in UTC, that programs read too. */
export const timeMarkup = (at: string): Markup =>
  html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>`;

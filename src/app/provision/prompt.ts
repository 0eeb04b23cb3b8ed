import { parseTyped, typed } from './dialogue/answers.js';
import { faultOf } from './dialogue/course.js';
import { unconfirmed } from './dialogue/questions/machines.js';
import type { Question, World } from './dialogue/types.js';

/** The user's reply: an answer, a step back, or no to host keys. */
export type Said = { readonly value: unknown } | 'back' | 'no';

/** Asks one question; rejects when it is interrupted. */
export type Prompter = (question: Question, world: World) => Promise<Said>;

/** Asks on the terminal with inquirer. */
export function terminalPrompter(signal: AbortSignal): Prompter {
  return async (question, world) => {
    const { default: inquirer } = await import('inquirer');
    const goesBack = new AbortController();
    const onKey = (_text: string | undefined, key?: { readonly name?: string }) => {
      if (key?.name === 'escape') goesBack.abort();
    };
    process.stdin.on('keypress', onKey);
    try {
      const ask = inquirer.createPromptModule({ signal: AbortSignal.any([signal, goesBack.signal]) });
      const { it } = await ask([{ name: 'it', ...promptFor(question, world) }] as never);
      return toSaid(question, world, it);
    } catch (error) {
      if (goesBack.signal.aborted && !signal.aborted) return 'back';
      throw error;
    } finally {
      process.stdin.off('keypress', onKey);
    }
  };
}

function toSaid({ kind }: Question, world: World, it: unknown): Said {
  if (kind === 'keys')
    return it === true ? { value: [...(world.answers.hostKeys ?? []), ...unconfirmed(world)] } : 'no';
  if (kind === 'choice' || kind === 'yes') return { value: it };
  return { value: parseTyped(kind, String(it)) };
}

function promptFor(question: Question, world: World): object {
  const { kind } = question;
  const suggestion = question.suggest(world);
  const message = question.text(world);
  if (kind === 'yes' || kind === 'keys') return { type: 'confirm', message, default: suggestion === true };
  if (kind === 'choice') {
    return {
      type: 'select',
      message,
      choices: question.choices?.(world) ?? [],
      default: suggestion,
      loop: false,
    };
  }
  return {
    type: 'input',
    message,
    ...(suggestion !== undefined && typed(suggestion) !== '' && { default: typed(suggestion) }),
    validate: (text: string) => {
      const value = parseTyped(kind, text);
      if (value === undefined)
        return kind === 'pairs' ? 'write pairs, such as a=b, c=d' : 'that is not a port';
      return faultOf(question.key, value as never, world) ?? true;
    },
  };
}

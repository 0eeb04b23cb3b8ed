import { wanted } from '../dialogue/derived.js';
import { addedTo, joined } from '../dialogue/mode.js';
import { type Survey, survey } from '../survey/survey.js';
import type { WorkRequest } from './types.js';

/** UDP port on which machines try to reach each other before the network has one. */
const SURVEY_PORT = 51820;

export async function logIn({ world, options, io, signal }: WorkRequest): Promise<Survey> {
  const machines = wanted(world);
  const there = addedTo(world);
  const confirmed = world.answers.hostKeys ?? [];
  const helped =
    there === undefined ? '' : ', and to the inventory’s nodes, to see how they reach each other';
  io.stdout.write(`Logging in to ${machines.join(', ')}${helped}\n`);
  return survey({
    machines,
    there,
    acceptNew: confirmed.includes('accept-new') ? true : new Set(confirmed),
    port: joined(world)?.port ?? SURVEY_PORT,
    timeout: options.timeout,
    sudoTimeout: options.sudoTimeout,
    io,
    signal,
    onAnswer: ({ machine, facts }) =>
      void io.stdout.write(`  ${machine} answers: ${facts.title || facts.os}\n`),
  });
}

import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { clock } from './gates/clock.js';
import { commands } from './gates/commands.js';
import { reachable } from './gates/reachable.js';
import { sysctl } from './gates/sysctl.js';
import { fileStep } from './steps/file.js';
import { packageStep } from './steps/package.js';
import { programStep } from './steps/program.js';
import { scriptStep } from './steps/script.js';
import { serviceStep } from './steps/service.js';
import { sysctlStep } from './steps/sysctl.js';

/** The machine itself: its files, packages, services and kernel settings. */
export const host: Layer = {
  name: 'host',
  values: ({ node, inventory }) =>
    new Map([
      ['node.name', node.name],
      ['node.role', node.role],
      ['node.site', node.site],
      ['node.public', node.publicAddresses[0]],
      ['node.lan', node.lanAddresses[0]],
      ['inventory.name', inventory.name],
    ]),
  steps: stepKinds(fileStep, packageStep, programStep, scriptStep, serviceStep, sysctlStep),
  gates: gateKinds(reachable, clock, sysctl, commands),
};

import { probeForwarding } from '../../../../src/layers/host/forwarding/live.js';
import { buildProgram } from '../../../../src/remote/program.js';

it('other firewalls are asked once for all steps that forward', () => {
  const scripts = [probeForwarding(['wg0'], ['wg0']), probeForwarding(['apps'], [])];
  const program = buildProgram(
    scripts.map((script, index) => ({ id: `probe.${index}`, script, readOnly: true })),
    'nonce',
  );
  expect(program.split('ufw show added')).toHaveLength(2);
});

import type { Case, Scene } from '../case.js';
import { onEdge, rebootEdge } from '../faults.js';
import { onNode } from '../world.js';
import { codesOf, pause } from './moments.js';

const SOCKET = `systemctl disable ssh.service
systemctl enable ssh.socket
systemctl stop ssh.service
systemctl start ssh.socket`;
const SERVICE = `rm -rf /etc/systemd/system/ssh.socket.d
systemctl disable ssh.socket
systemctl daemon-reload
systemctl stop ssh.socket
systemctl enable ssh.service
systemctl restart ssh.service`;

const holds =
  (what: string, test: string) =>
  async ({ world, lane }: Scene): Promise<string[]> => {
    const said = await onNode(world.lab, lane.edge, `if ${test}; then echo yes; fi`);
    return said.trim() === 'yes' ? [] : [`${what} does not hold after the boot`];
  };

/** Machines that are rebooted after a run: whatever was confirmed must be there then, and let people in. */
export function boots(): Case[] {
  const saysUndone: Case['judge'] = ({ events }) =>
    codesOf(events).includes('E_REVERTED') ? [] : ['does not say E_REVERTED'];
  const refused = { fault: 'a boot after what was refused', exits: [5], judge: saysUndone };
  const noSnippet = holds('the old configuration', '[ ! -e /etc/ssh/sshd_config.d/50-elsewhere.conf ]');
  return [
    {
      name: 'a good change of sshd, then a boot',
      fault: 'a boot after a confirmation',
      play: 'boot/good',
      exits: [0],
      afterBoot: holds('the new configuration', "sshd -T | grep -qx 'maxauthtries 5'"),
    },
    {
      name: 'a good change of sshd behind its socket, then a boot',
      fault: 'a boot after a confirmation',
      play: 'boot/good',
      prepare: onEdge(SOCKET),
      exits: [0],
      afterBoot: async (scene) => {
        const broken = await holds('the new configuration', "sshd -T | grep -qx 'maxauthtries 5'")(scene);
        await onEdge(SERVICE)(scene);
        return broken;
      },
    },
    {
      ...refused,
      name: 'an sshd for loopback alone, written and not felt, then a boot',
      play: 'boot/loopback',
      afterBoot: noSnippet,
    },
    {
      ...refused,
      name: 'a keyword that sshd does not know, then a boot',
      play: 'boot/keyword',
      afterBoot: noSnippet,
    },
    {
      ...refused,
      name: 'another port of the socket of sshd, then a boot',
      play: 'boot/socket',
      prepare: onEdge(SOCKET),
      afterBoot: async (scene) => {
        const broken = await holds(
          'the old port',
          '[ ! -e /etc/systemd/system/ssh.socket.d/listen.conf ]',
        )(scene);
        await onEdge(SERVICE)(scene);
        return broken;
      },
      foreign: true,
    },
    {
      ...refused,
      name: 'a script that takes away what starts sshd, then a boot',
      play: 'boot/links',
      afterBoot: holds(
        'the start of sshd',
        'systemctl -q is-enabled ssh.service && systemctl -q is-active ssh.service',
      ),
    },
    {
      ...refused,
      name: 'an sshd that lets nobody in, and the machine reboots once that is seen',
      play: 'boot/groups',
      at: pause('guard-waiting', 'cut'),
      inject: rebootEdge,
      afterBoot: noSnippet,
    },
  ];
}

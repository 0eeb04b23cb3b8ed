import type { LineMode } from '../support/tcp-proxy/tcp-proxy.js';
import type { Scene } from './case.js';
import { GROUP_PORTS } from './lanes/group.js';
import { isGroup, onNode } from './world.js';

type Act = (scene: Scene) => Promise<void>;

const everywhere =
  (script: string): Act =>
  async ({ world, lane }) => {
    await Promise.all(lane.nodes.map((node) => onNode(world.lab, node, script)));
  };

export const onHome =
  (script: string): Act =>
  async ({ world, lane }) => {
    await onNode(world.lab, lane.home, script);
  };

export const onEdge =
  (script: string): Act =>
  async ({ world, lane }) => {
    await onNode(world.lab, lane.edge, script);
  };

/** Disturbs the home machine's line, or both. */
export const line =
  (mode: LineMode, which: 'home' | 'both' = 'home'): Act =>
  async ({ world, lane }) => {
    const names = lane.lines.map(({ name }) => name);
    for (const node of which === 'home' ? [lane.home] : names) await world.setLine(node, mode);
  };

export const stopSshd = onHome('systemctl stop ssh');
export const startSshd = onHome('systemctl start ssh');
/** As a package upgrade would, and worse: what is open is cut as well. */
export const restartSshd = onHome(
  'systemctl restart ssh; for id in $(pgrep -f "^sshd: .*@"); do kill -9 $id || true; done; systemctl is-active ssh',
);

export const rebootHome: Act = ({ world, lane }) => world.lab.reboot(lane.home);
export const rebootEdge: Act = ({ world, lane }) => world.lab.reboot(lane.edge);
/** The power goes, and comes back. */
export const cutPower: Act = async ({ world, lane }) => {
  await world.lab.kill(lane.home);
  await world.lab.boot(lane.home);
};

/** Puts a file system without a free byte over a folder. */
export const fill = (folder: string): Act =>
  everywhere(
    `mkdir -p -m 700 ${folder}; mount -t tmpfs -o size=8k,mode=700 tmpfs ${folder}; dd if=/dev/zero of=${folder}/filler bs=1k count=64 2>/dev/null; test -s ${folder}/filler`,
  );
export const empty = (folder: string): Act => everywhere(`umount -l ${folder}`);

/** A login shell that talks before it listens: `bytes` of it, on both machines. */
export const chatter = (bytes: number): Act =>
  everywhere(
    `for home in /root /home/ops; do [ ! -d $home ] || { cp -p $home/.bashrc $home/.bashrc.kept 2>/dev/null; echo 'head -c ${bytes} /dev/zero' >$home/.bashrc; }; done`,
  );
export const hush = everywhere(
  'for home in /root /home/ops; do rm -f $home/.bashrc; [ ! -e $home/.bashrc.kept ] || mv $home/.bashrc.kept $home/.bashrc; done',
);

/** Holds dpkg's lock as an upgrade would, for so many seconds. */
export const holdApt = (seconds: number): Act =>
  onHome(
    `systemd-run -q --unit=faults-holder perl -e 'use Fcntl; open F, ">", "/var/lib/dpkg/lock-frontend"; $$_ = pack("ssx4qqix4", F_WRLCK, 0, 0, 0, 0); fcntl F, F_SETLK, $$_ or die; sleep ${seconds}'; sleep 0.3; systemctl is-active faults-holder`,
  );
export const freeApt = onHome('systemctl stop faults-holder || true');

/** Makes one file so that nothing can be written into it or put in its place. */
export const nail = (file: string): Act =>
  onEdge(
    `for wait in 1 2 3 4 5 6 7 8 9 10; do grep -q "policy drop" ${file} && break; sleep 0.2; done; mount --bind ${file} ${file} && mount -o remount,bind,ro ${file}`,
  );
export const unnail = (file: string): Act =>
  onEdge(`umount -l ${file}; tar -C / -xpf /root/faults-saved.tar ${file.slice(1)}`);

const farOf = ({ lane }: Scene): string => {
  if (!isGroup(lane)) throw new Error(`lane ${lane.index} has no far machine`);
  return lane.far;
};

/** Nobody can log into a group's far machine any more; what is open stays. */
export const shutFar: Act = (scene) => scene.world.setLine(farOf(scene), { kind: 'black-hole', only: 'new' });
export const openFar: Act = (scene) => scene.world.setLine(farOf(scene), { kind: 'pass' });

export const rebootFar: Act = (scene) => scene.world.lab.reboot(farOf(scene));

/** Another program holds the UDP port to which a group's network is to move, on one machine. */
export const holdPort: Act = async (scene) => {
  await onNode(
    scene.world.lab,
    farOf(scene),
    `systemd-run -q --unit=faults-holder perl -MSocket -e 'socket my $$s, PF_INET, SOCK_DGRAM, 0 or die; bind $$s, sockaddr_in(${GROUP_PORTS.second}, INADDR_ANY) or die; sleep 600'
left=100
until ss -Hlun 'sport = :${GROUP_PORTS.second}' | grep -q .; do
  left=$((left - 1)); [ "$left" -gt 0 ] || { journalctl -u faults-holder --no-pager >&2; exit 1; }
  sleep 0.1
done`,
  );
};
export const freePort: Act = async (scene) => {
  await onNode(scene.world.lab, farOf(scene), 'systemctl stop faults-holder || true');
};

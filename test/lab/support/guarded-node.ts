import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ArmOutcome,
  armFragment,
  changeScript,
  confirmFragment,
  type GuardReport,
  type LockOutcome,
  lockFragment,
  NO_TOUCHES,
  proofFragment,
  revertNowFragment,
  stateFragment,
  type Touches,
  type UndoOutcome,
  undoFragment,
} from '../../../src/guard/index.js';
import type { Lab } from '../../../src/lab/index.js';
import { FrameReader, joinFrames } from '../../../src/remote/frames.js';
import type { Done, Part } from '../../../src/remote/part.js';
import { buildProgram, type Fragment, type FragmentReply } from '../../../src/remote/program.js';

export const RUN = '20261121-101500-abcdef';
export const EVERYTHING: Touches = { ...NO_TOUCHES, network: true };

/** One machine of a lab, spoken to as the runner speaks to it, but not over its network. */
export class GuardedNode {
  readonly #lab: Lab;
  readonly name: string;

  constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.name = name;
  }

  async run(fragment: Fragment): Promise<FragmentReply> {
    const nonce = randomBytes(8).toString('hex');
    const { stdout, stderr } = await this.#lab.exec(this.name, ['sh', '-c', buildProgram([fragment], nonce)]);
    const [out, err] = [new FrameReader(nonce), new FrameReader(nonce)];
    out.push(Buffer.from(stdout));
    err.push(Buffer.from(stderr));
    const reply = joinFrames(out, err).get(fragment.id);
    if (!reply) throw new Error(`${this.name} did not answer ${fragment.id}: ${stderr}`);
    return reply;
  }

  async ask<T>(part: Part<T>): Promise<T> {
    return part.parse(await this.run(part));
  }

  async sh(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.#lab.exec(this.name, script, { timeoutMs: 120_000 });
    if (code !== 0) throw new Error(`${this.name}: ${script}: status ${code}: ${stderr}`);
    return stdout.trim();
  }

  async lock(run = RUN, host = 'laptop'): Promise<LockOutcome> {
    const holder = { run, user: 'ops', host, pid: 7, since: '2026-11-21T10:15:00Z' };
    return this.ask(lockFragment(holder));
  }

  async arm(phase: string, seconds: number, touches = EVERYTHING, run = RUN): Promise<ArmOutcome> {
    return this.ask(armFragment({ run, phase, seconds, touches }));
  }

  change(phase: string, script: string): Promise<FragmentReply> {
    return this.run({ id: 'change', script: changeScript({ run: RUN, phase, script }) });
  }

  async prove(phase: string, run = RUN): Promise<Done> {
    return this.ask(proofFragment({ run, phase }));
  }

  /** Proves the round, and then confirms it. */
  async confirm(phase: string, run = RUN): Promise<GuardReport> {
    await this.prove(phase, run);
    return this.ask(confirmFragment({ run, phase }));
  }

  async revertNow(): Promise<GuardReport> {
    return this.ask(revertNowFragment(RUN));
  }

  async state(): Promise<GuardReport> {
    return this.ask(stateFragment(RUN));
  }

  /** The state once it is neither armed nor firing, looked at for `seconds` at most. */
  async settled(seconds: number): Promise<GuardReport> {
    const end = Date.now() + 1000 * seconds;
    for (;;) {
      const report = await this.state();
      if (report.state !== 'armed' && report.state !== 'firing') return report;
      if (Date.now() > end) throw new Error(`${this.name} is still ${report.state} after ${seconds} s`);
      await sleep(300);
    }
  }

  async undo(): Promise<UndoOutcome> {
    return this.ask(undoFragment(RUN));
  }

  /** A new login from the laptop, by the address that the inventory names. */
  async logsIn(address: string): Promise<boolean> {
    const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=3'];
    const { code } = await this.#lab.run(['ssh', ...options, `root@${address}`, 'true']);
    return code === 0;
  }

  /** All that a revert reverts, as one text; times, counters and learned endpoints left out. */
  facts(): Promise<string> {
    return this.sh(`export LC_ALL=C
for path in $(find /etc/wireguard /etc/ssh /etc/demo /etc/motd /etc/nftables.conf /etc/sysctl.d /etc/systemd/system 2>/dev/null | sort); do
stat -c '%n %F %a %u %g' "$path"
[ ! -f "$path" ] || md5sum <"$path"
[ ! -L "$path" ] || readlink "$path"
done
for name in $(wg show interfaces | tr ' ' '\\n' | sort); do echo "$name"; wg showconf "$name" | grep -v Endpoint | sort; done
nft -s list ruleset
ip -o addr | sed 's/valid_lft.*//; s/^[0-9]*://' | grep -v 'fe80\\|::1/128' | sort
ip -o link | awk '{ sub(/@.*/, "", $2); print $2, ($3 ~ /[<,]UP[,>]/), $5 }' | sort
for family in 4 6; do ip -d -$family rule; ip -$family route show table all | grep -v 'table local\\|fe80' | sort; done
grep -r '' /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all /proc/sys/net/ipv6/conf/host0 2>/dev/null | sort
systemctl show -p Id -p ActiveState -p UnitFileState ssh wg-quick@wg0 wg-quick@wg7 nftables systemd-networkd
echo end`);
  }
}

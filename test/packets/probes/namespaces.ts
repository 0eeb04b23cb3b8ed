import { execFile } from 'node:child_process';
import { parseSeen } from '../../../src/layers/firewall/gates/probing/seen.js';
import { type PortProbe, probesProgram } from '../../../src/packets/probes/program.js';
import { packetReplies, packetScript } from '../../../src/packets/process.js';
import { fromLines } from '../../../src/remote/reply-lines.js';

const TOKEN = 'token7run';

export interface Asked {
  readonly sends: readonly PortProbe[];
  /** nft's rules on the target, and on the sender. */
  readonly rules?: string;
  readonly senderRules?: string;
  /** sh that runs on the target first; what it starts in the background is ended with the namespaces. */
  readonly before?: string;
  /** sh that runs on the target afterwards. */
  readonly after?: string;
  readonly traced?: boolean;
  readonly patience?: number;
  /** Seconds by which the target starts later. */
  readonly late?: number;
}

export const tcp = (port: number, address = '10.9.0.2', must = false): PortProbe => ({
  target: 'b',
  protocol: 'tcp',
  address,
  port,
  must,
});
export const udp = (port: number, address = '10.9.0.2', must = false): PortProbe => ({
  ...tcp(port, address, must),
  protocol: 'udp',
});

/** Node a probes node b, each in a network namespace of its own; behind b is c, 10.8.0.2. */
export async function probed(asked: Asked) {
  const { rules = '', senderRules = '', before = '', after = '', traced = false, late = 0 } = asked;
  const timing = { patience: asked.patience ?? 15, token: TOKEN };
  const both = { senders: ['a', 'b'], control: 61_234, traced, reads: '', ipv6: [] };
  const programs = {
    a: probesProgram(
      { ...both, self: 'a', sends: asked.sends, calls: [{ peer: 'b', address: '10.9.0.2' }], expected: [] },
      timing,
    ),
    b: probesProgram(
      { ...both, self: 'b', sends: [], calls: [{ peer: 'a', address: '10.9.0.1' }], expected: ['a'] },
      timing,
    ),
  };
  const script = (name: 'a' | 'b'): string =>
    packetScript([{ id: 'probes', program: programs[name], earlier: 0 }], TOKEN);
  const world = `set -e
mount -t tmpfs tmpfs /run
cd /run
for name in a b c; do ip netns add $name; ip -n $name link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip link add eth1 netns b type veth peer name eth0 netns c
set -- a eth0 10.9.0.1/24 fd09::1/64 b eth0 10.9.0.2/24 fd09::2/64 b eth1 10.8.0.1/24 fd08::1/64 c eth0 10.8.0.2/24 fd08::2/64
while [ $# -gt 0 ]; do
  ip -n $1 link set $2 up
  ip -n $1 addr add $3 dev $2
  ip -n $1 addr add $4 dev $2 nodad
  shift 4
done
ip -n c route add default via 10.8.0.1
ip netns exec b sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
cat >a.nft <<'RULES'
${senderRules}
RULES
cat >b.nft <<'RULES'
${rules}
RULES
ip netns exec a nft -f a.nft
ip netns exec b nft -f b.nft
cat >a.sh <<'PROGRAM'
${script('a')}
PROGRAM
cat >b.sh <<'PROGRAM'
${script('b')}
PROGRAM
cat >before.sh <<'PROGRAM'
${before}
PROGRAM
cat >after.sh <<'PROGRAM'
${after}
PROGRAM
ip netns exec b sh ./before.sh >before.out 2>&1
{ sleep ${late}; ip netns exec b sh -s <b.sh >b.out 2>b.err; } & other=$!
ip netns exec a sh -s <a.sh >a.out 2>a.err
wait $other
echo "@@@ a"; cat a.out
echo "@@@ b"; cat b.out
echo "@@@ errors"; grep -v '^@@ end' a.err b.err || :
echo "@@@ after"; ip netns exec b sh ./after.sh 2>&1`;
  const started = performance.now();
  const out = await new Promise<string>((done, fail) => {
    const args = ['-m', '-n', '-p', '-f', '--kill-child', '--mount-proc', 'sh', '-c', world];
    execFile('unshare', args, { timeout: 60_000 }, (error, stdout, stderr) =>
      error === null ? done(stdout) : fail(new Error(`${error.message}\n${stdout}\n${stderr}`)),
    );
  });
  const part = (name: string): string => out.split(`@@@ ${name}\n`)[1]?.split('@@@ ')[0] ?? '';
  const seen = (name: string) => {
    const reply = { id: 'gate', code: 0, stdout: part(name), stderr: '' };
    const answer = packetReplies(['probes'], reply).get('probes');
    if (answer === undefined) throw new Error(`no answer of ${name}: ${out}`);
    return fromLines(parseSeen)(answer);
  };
  return {
    a: seen('a'),
    b: seen('b'),
    errors: part('errors'),
    after: part('after'),
    ms: performance.now() - started,
  };
}

import type { Lab } from '../../../../src/lab/index.js';
import { aptInstall } from '../apt.js';
import { exec } from '../bridgehead.js';

/** A peer as people write it down. */
export interface PeerByHand {
  /** Lines before or behind `[Peer]`, as guides and scripts have them. */
  readonly before?: string;
  readonly comment?: string;
  readonly publicKey: string;
  readonly presharedKey?: string;
  readonly allowedIps: string;
  readonly endpoint?: string;
  readonly keepalive?: number;
}

export interface ByHand {
  readonly address: string;
  readonly port?: number;
  /** Further lines of `[Interface]`. */
  readonly lines?: readonly string[];
  readonly peers: readonly PeerByHand[];
}

/** Makes a key pair on a machine as the guides say, and returns the public key. */
export function makeKey(lab: Lab, node: string, name = 'wg0'): Promise<string> {
  return exec(
    lab,
    node,
    `dpkg -s wireguard-tools wireguard-go iptables >/dev/null 2>&1 || ${aptInstall('wireguard-tools wireguard-go iptables')}
umask 077; wg genkey | tee /etc/wireguard/${name}_private.key | wg pubkey`,
  );
}

const peerText = (peer: PeerByHand): string =>
  [
    '',
    ...(peer.before === undefined ? [] : [peer.before]),
    '[Peer]',
    ...(peer.comment === undefined ? [] : [peer.comment]),
    `PublicKey = ${peer.publicKey}`,
    ...(peer.presharedKey === undefined ? [] : [`PresharedKey = ${peer.presharedKey}`]),
    ...(peer.endpoint === undefined ? [] : [`Endpoint = ${peer.endpoint}`]),
    `AllowedIPs = ${peer.allowedIps}`,
    ...(peer.keepalive === undefined ? [] : [`PersistentKeepalive = ${peer.keepalive}`]),
  ].join('\n');

/** Writes a configuration by hand and brings the interface up with wg-quick. */
export async function bringUp(lab: Lab, node: string, hand: ByHand, name = 'wg0'): Promise<void> {
  const lines = [
    '[Interface]',
    `Address = ${hand.address}`,
    'PrivateKey = @KEY@',
    ...(hand.port === undefined ? [] : [`ListenPort = ${hand.port}`]),
    ...(hand.lines ?? []),
    ...hand.peers.map(peerText),
    '',
  ];
  await exec(
    lab,
    node,
    `umask 077; cat >/etc/wireguard/${name}.conf <<'CONF'
${lines.join('\n')}CONF
sed -i "s|@KEY@|$(cat /etc/wireguard/${name}_private.key)|" /etc/wireguard/${name}.conf
systemctl enable --now wg-quick@${name}`,
  );
}

const LISTEN = `use IO::Socket::INET; use Socket;
my $server = IO::Socket::INET->new(LocalPort => shift, Listen => 5, ReuseAddr => 1) or die $!;
while (my $peer = $server->accept) { next if fork; my $from = $peer->peerhost; open my $log, ">", "/run/stream-$from"; $log->autoflush; print $log $_ while <$peer>; print $log "end\\n"; exit }`;
const SEND = `use IO::Socket::INET;
my $to = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 10) or die $!; $to->autoflush;
$SIG{PIPE} = "DEFAULT"; for (my $i = 1; print $to "$i\\n"; $i++) { select undef, undef, undef, 0.1 }`;

/** One TCP stream into a machine for as long as a test lasts: a line each tenth of a second. */
export class Stream {
  constructor(
    private readonly lab: Lab,
    private readonly to: string,
    private readonly from: string,
  ) {}

  static async listen(lab: Lab, node: string, port: number): Promise<void> {
    await exec(lab, node, `systemd-run --quiet --unit=listen-${port} perl -e '${LISTEN}' ${port}`);
  }

  /** `address`: of the sender, as the listener sees it. */
  static async start(
    lab: Lab,
    way: { from: string; to: string; target: string; port: number; address: string },
  ): Promise<Stream> {
    await exec(lab, way.from, `systemd-run --quiet perl -e '${SEND}' ${way.target} ${way.port}`);
    const stream = new Stream(lab, way.to, way.address);
    await stream.moved();
    return stream;
  }

  private count(): Promise<string> {
    return exec(this.lab, this.to, `tail -n 1 /run/stream-${this.from} 2>/dev/null || echo 0`);
  }

  /** How far the stream has got; waits until it has moved on, and rejects where it doesn't within 20 s. */
  async moved(): Promise<number> {
    const before = await this.count();
    const after = await exec(
      this.lab,
      this.to,
      `for i in $(seq 200); do now=$(tail -n 1 /run/stream-${this.from} 2>/dev/null || echo 0); [ "$now" = '${before}' ] || break; sleep 0.1; done; echo "$now"`,
    );
    if (!/^\d+$/.test(after) || after === before) throw new Error(`the stream has ended at ${after}`);
    return Number(after);
  }
}

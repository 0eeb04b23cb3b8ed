import { isIPv6 } from 'node:net';
import { type Path, show, suggest } from '../document/index.js';
import type { Resolution } from '../layers/resolution.js';
import type { Node } from '../model/inventory.js';

/** Checks that jump hosts are nodes or `user@host:port`, and that nobody jumps in a circle. */
export function checkJumps(work: Resolution, nodes: readonly Node[]): void {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const reported = new Set<string>();
  for (const node of nodes) {
    const { jump } = node.ssh;
    if (jump === undefined) continue;
    const path = jumpPath(work, node.name);
    if (byName.has(jump)) {
      const circle = circleFrom(node.name, byName);
      if (!circle || reported.has(circle.toSorted().join())) continue;
      reported.add(circle.toSorted().join());
      const message =
        circle.length === 1 ? 'jumps to itself' : `jumps in a circle: ${[...circle, circle[0]].join(' -> ')}`;
      work.report(
        path,
        message,
        'a jump host must be reachable without the nodes behind it; change its own ssh settings',
      );
    } else if (!/[@:.]/.test(jump)) {
      const fix = `${suggest(jump, byName.keys())} For a host that is not a node, write user@host:port`;
      work.report(path, `must name a node; got ${show(jump)}`, fix);
    } else {
      checkPort(work, path, jump);
    }
  }
}

/** Where the jump is written: with the node, or with the defaults. */
function jumpPath(work: Resolution, node: string): Path {
  return work.raw.nodes?.[node]?.ssh?.jump === undefined
    ? ['defaults', 'ssh', 'jump']
    : ['nodes', node, 'ssh', 'jump'];
}

/** The nodes of the circle that begins and ends at `start`. */
function circleFrom(start: string, nodes: ReadonlyMap<string, Node>): string[] | undefined {
  const passed: string[] = [];
  let at: string | undefined = start;
  while (at !== undefined && !passed.includes(at)) {
    passed.push(at);
    at = nodes.get(at)?.ssh.jump;
  }
  return at === start ? passed : undefined;
}

function checkPort(work: Resolution, path: Path, jump: string): void {
  const host = jump.slice(jump.indexOf('@') + 1);
  const bracketed = host.startsWith('[');
  if (!bracketed && host.split(':').length > 2) {
    checkBareIpv6(work, path, jump);
    return;
  }
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port === undefined) return;
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535) {
    work.report(
      path,
      `${show(port)} is not a valid port`,
      'write user@host:port with a port from 1 to 65535',
    );
  }
}

/** An IPv6 address without brackets has no port; its last group must not look like one. */
function checkBareIpv6(work: Resolution, path: Path, jump: string): void {
  const at = jump.indexOf('@') + 1;
  const [user, host] = [jump.slice(0, at), jump.slice(at)];
  const [, before = '', port = ''] = /^(.*):([1-9]\d{1,4})$/.exec(host) ?? [];
  const withPort = `${user}[${before}]:${port}`;
  if (isIPv6(host)) {
    if (!isIPv6(before)) return;
    const fix = `write ${withPort}, or ${user}[${host}] if ${port} is part of the address`;
    work.report(path, `${show(jump)} may end in a port or not`, fix);
  } else if (isIPv6(before)) {
    work.report(path, `${show(jump)} has a port after an IPv6 address without brackets`, `write ${withPort}`);
  } else {
    work.report(
      path,
      `${show(host)} is not an IPv6 address`,
      'write user@host:port, or user@[IPv6 address]:port',
    );
  }
}

import { readFileSync } from 'node:fs';
import { textOf } from '../../runner/shards/shard-runs.js';
import { GO_RUN, STOP_RUN } from '../../support/events.js';
import { blocksIn } from '../blocks.js';
import type { Scene } from './scene.js';

const INVENTORY = readFileSync('inventory/home-mesh.yaml', 'utf8');

/** The edge as somebody has set it up by hand. */
const EDGE = `[Interface]
Address = 172.27.15.31/32
ListenPort = 51820
PrivateKey = hidden

[Peer]
# ms-1
PublicKey = bXMtMSBpcyBhIG1hY2hpbmUgYXQgaG9tZSwgYXMgMzI=
AllowedIPs = 172.27.15.12/32
Endpoint = 203.0.113.10:51821
`;

const HOME = `[Interface]
Address = 172.27.15.12/32
ListenPort = 51820
PrivateKey = hidden

[Peer]
# edge
PublicKey = ZWRnZSBpcyBhIG1hY2hpbmUgb24gdGhlIG5ldCwgMzI=
AllowedIPs = 172.27.15.31/32
Endpoint = 198.51.100.25:51820
PersistentKeepalive = 25
`;

const TERRAFORM = {
  edge: {
    sensitive: false,
    type: ['object', { name: 'string', ipv4_address: 'string' }],
    value: { name: 'edge', ipv4_address: '198.51.100.25' },
  },
};

/** The inventory that a page has its readers write. */
const inventoryOf = (page: string): string =>
  blocksIn(page)
    .find(({ file }) => file === 'inventory.yaml')
    ?.lines.join('\n') ?? '';

/** Commands that need no machines. */
export const OFFLINE: readonly Scene[] = [
  { of: 'README.md#Install' },
  { of: 'README.md#Set up by hand' },
  { of: 'docs/commands.md#validate', files: { 'inventory/home-mesh.yaml': INVENTORY } },
  {
    of: 'docs/inventory.md',
    files: { 'inventory/home.yaml': INVENTORY.replace(/(\n {2}wk-1:[\s\S]*?site: )home/, '$1hme') },
  },
  {
    of: 'docs/apps.md',
    files: {
      'inventory.yaml': inventoryOf('docs/apps.md'),
      'inventory/hybrid-edge.yaml': readFileSync('inventory/hybrid-edge.yaml', 'utf8'),
    },
  },
  { of: 'docs/dns.md', files: { 'inventory.yaml': inventoryOf('docs/dns.md') } },
  {
    of: 'docs/commands.md#completion',
    // zsh's own array of folders; the first is usually the system's.
    setup: 'fpath=(- "$HOME")',
  },
  {
    of: 'docs/import-export.md#import',
    isApart: true,
    files: {
      '~/.ssh/config': 'Host edge\n  HostName 198.51.100.25\n  User root\n',
      'hosts.ini': '[servers]\nedge ansible_host=198.51.100.25\nms-1 ansible_host=192.168.15.2\n',
      'backup/wg0.conf': HOME,
      'edge/wg0.conf': EDGE,
    },
    programs: { terraform: `cat <<'END'\n${JSON.stringify(TERRAFORM)}\nEND` },
  },
  {
    of: 'docs/import-export.md#export',
    files: { 'inventory.yaml': INVENTORY },
    programs: { dot: '[ "$*" = -Tsvg ] && grep -q "^digraph"' },
  },
  {
    of: 'docs/reports.md#Of an earlier run',
    files: {
      '~/.local/state/bridgehead/runs/20261121-101500-3fa9c1/journal.jsonl': textOf(STOP_RUN),
      'network.jsonl': textOf(GO_RUN),
    },
  },
];

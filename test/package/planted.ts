/** Files of people who work in a clone, that no package or image may have. */
export const PLANTED: readonly string[] = [
  'inventory/mine.yaml',
  'inventory/.state/runs/20261129-101500-3fa9c1/journal.jsonl',
  'inventory/home-mesh.yaml.bak',
  'playbooks/mine.yaml',
  'docs/.state/runs/20261129-101500-3fa9c1/inventory.yaml',
  'docs/recipes/.env',
  'docs/id_ed25519',
  'schemas/wg0.key',
  'completions/known_hosts',
  'bin/id_rsa.pub',
  'src/core/.env',
  'scripts/deploy.key',
  '.state/lock',
  '.env',
  'id_ed25519',
];

import { readFileSync } from 'node:fs';

/** Where a text must match a pattern and nothing says in words what is right. */
function wordless(schema: unknown, at = ''): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  const { pattern, 'x-message': words } = schema as { pattern?: unknown; 'x-message'?: string };
  const own = typeof pattern === 'string' && words === undefined ? [`${at}: ${pattern}`] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => wordless(inner, `${at}/${key}`))];
}

it.each(['answers', 'inventory', 'notify', 'playbook'])('nobody is shown a pattern of %s', (name) => {
  expect(wordless(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')))).toEqual([]);
});

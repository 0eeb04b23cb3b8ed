import { createRenderer } from '../../../src/render/live/create-renderer.js';
import { GO_RUN, NODES, stamp, started } from '../../support/events.js';
import { PLAIN } from '../helpers.js';

interface Where {
  readonly json?: boolean;
  readonly live?: boolean;
  readonly height?: number;
  readonly width?: number;
}

async function textOf(stage: Where, events = GO_RUN): Promise<string> {
  let text = '';
  const renderer = await createRenderer({
    write: (more) => {
      text += more;
    },
    paint: PLAIN,
    json: stage.json === true,
    live: stage.live === true,
    height: stage.height ?? 40,
    width: stage.width ?? 80,
  });
  for (const event of events) renderer.event(event);
  await renderer.close();
  return text;
}

it('writes JSON lines and nothing else for --json, terminal or not', async () => {
  const lines = (await textOf({ json: true, live: true })).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(GO_RUN.map((event) => event.type));
});

it('writes plain lines if there is no terminal', async () => {
  expect(await textOf({})).toMatch(/^apply: home with mesh, 4 nodes\n/);
});

it.each([{ height: 8 }, { width: 30 }])(
  'writes plain lines on a terminal too small for a tree: %j',
  async (size) => {
    expect(await textOf({ live: true, ...size })).toMatch(/^apply: home with mesh, 4 nodes\n/);
  },
);

it('lets no text of a machine drive the terminal', async () => {
  const name = 'ping\u001b[2J\u001b]0;owned\u0007\u202e';
  const text = await textOf(
    {},
    stamp([
      started('apply', NODES),
      { type: 'gate-ended', phase: 'verify', gate: 'g', name, go: true, summary: 'ok\u009b1A', findings: [] },
    ]),
  );
  expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
});

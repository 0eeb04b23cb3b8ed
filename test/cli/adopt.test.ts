import { EXIT } from '../../src/core/errors.js';
import { cli } from './helpers.js';

describe('adopt', () => {
  const on = ['-i', 'inventory/home-mesh.yaml'];

  it('changes nothing without a terminal or --yes, and says how to look all the same', async () => {
    const { code, stderr } = await cli(['adopt', ...on], process.cwd(), false);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain('adopt asks for confirmation');
    expect(stderr).toContain('--show to compare only');
  });

  it.each([
    [['adopt', 'wk-9', '--show'], 'no node named "wk-9"', 'did you mean "wk-1"?'],
    [['adopt', 'wk-9', '--yes'], 'no node named "wk-9"', 'did you mean "wk-1"?'],
  ])('%j names the nearest node before it connects to anything', async (argv, message, nearest) => {
    const { code, stderr } = await cli([...argv, ...on], process.cwd(), false);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain(message);
    expect(stderr).toContain(nearest);
  });
});

import { cli } from './helpers.js';

it.each([
  [
    'phoen',
    'no place named "phoen"',
    'did you mean "phone"? the places are: vps, node-a, lan-1, lan-2, phone',
  ],
  ['router:hme', 'no site named "hme"', 'did you mean "home"? the sites are: home'],
])('lab run knows nodes, clients and routers as places, and not %s', async (place, error, fix) => {
  const { code, stderr } = await cli([
    'lab',
    'run',
    '-i',
    'inventory/phone-home.yaml',
    '--at',
    place,
    '--',
    'true',
  ]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: ${error}\nfix: ${fix}\n` });
});

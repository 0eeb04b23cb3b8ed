import { renderTemplate } from '../../src/layers/template.js';
import { stepContext } from '../support/step-context.js';

const where = stepContext({});

describe('renderTemplate', () => {
  it.each([
    ['{{ node.name }}/{{node.role}}/{{  node.site  }}', 'ms-1/master/home'],
    ['{{ network.interface }} {{ network.address }} {{ network.range }}', 'wg0 172.27.15.11 172.27.15.0/24'],
    ['{{ network.port }} {{ network.mtu }} {{ inventory.name }}', '51820 1380 home'],
    ['$& $1 { { node.name } } {{ }', '$& $1 { { node.name } } {{ }'],
  ])('fills %j', (template, text) => {
    expect(renderTemplate(template, where)).toEqual({ text, problems: [] });
  });

  it.each([
    '{{ node.nam }}',
    '{{ __proto__ }}',
    '{{ constructor }}',
    '{{ ../etc/passwd }}',
    '{{ 1+1 }}',
    '{{}}',
  ])('refuses %j and lists what there is', (template) => {
    const { text, problems } = renderTemplate(`a ${template} b ${template}`, where);
    expect(text).toBe(`a ${template} b ${template}`);
    expect(problems).toEqual([
      `${JSON.stringify(template)} names nothing; a template may name node.name, node.role, node.site, node.public, node.lan, inventory.name, network.name, network.interface, network.range, network.address, network.port, network.mtu`,
    ]);
  });

  it('refuses a value that the node does not have', () => {
    expect(renderTemplate('{{ node.public }}', where).problems).toEqual([
      'node.public has no value on ms-1; give it one in the inventory, or leave the node out with `on`',
    ]);
    expect(renderTemplate('{{ network.address }}', stepContext({}, { networks: [] })).problems).toHaveLength(
      1,
    );
  });

  it('does not fill in what a value brings along', () => {
    const node = { ...where.node, name: '{{ node.role }}' };
    expect(renderTemplate('{{ node.name }}', stepContext({}, { node })).text).toBe('{{ node.role }}');
  });
});

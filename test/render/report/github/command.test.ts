import { workflowCommand } from '../../../../src/render/report/github/command.js';

it('is one line with its place and its title', () => {
  const properties = { file: 'inventory/home.yaml', line: 14, column: 3, title: 'STOP' };
  expect(workflowCommand('error', 'no answer', properties)).toBe(
    '::error file=inventory/home.yaml,line=14,col=3,title=STOP::no answer\n',
  );
});

it('has no properties if there are none', () => {
  expect(workflowCommand('notice', 'all is well', { file: undefined })).toBe('::notice::all is well\n');
});

it('escapes what would end a message, and in a property what would end that', () => {
  const text = '50%, a:b\r\n::add-mask::x';
  expect(workflowCommand('warning', text, { title: text })).toBe(
    '::warning title=50%25%2C a%3Ab%0D%0A%3A%3Aadd-mask%3A%3Ax::50%25, a:b%0D%0A::add-mask::x\n',
  );
});

it('escapes what looks escaped already', () => {
  expect(workflowCommand('error', '%0A%3A')).toBe('::error::%250A%253A\n');
});

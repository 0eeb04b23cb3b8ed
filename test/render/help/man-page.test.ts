import { manPage } from '../../../src/render/help/man-page.js';

const PAGE = {
  name: 'tool',
  version: '1.2.3',
  date: '2026-11-21',
  summary: 'does a thing',
  description: 'Does a thing.',
  commands: [
    {
      usage: 'tool go [options]',
      description: '.hidden files aren’t \\read.',
      terms: [['-n, --number <n>', 'how many']],
      examples: ['tool go -n 3'],
    },
  ],
  exits: [['0', 'success']],
  environment: [['HOME', 'where']],
  files: [['~/.tool', 'state']],
  seeAlso: ['wg(8)', 'wg-quick(8)'],
} as const;

it('is a page of man(7), in which text is text', () => {
  expect(manPage(PAGE)).toBe(`.TH TOOL 1 2026-11-21 "tool 1.2.3" "User Commands"
.SH NAME
tool \\- does a thing
.SH SYNOPSIS
.B tool
.I command
[\\fIoptions\\fR]
.SH DESCRIPTION
Does a thing.
.SH COMMANDS
.SS tool go [options]
\\&.hidden files aren\\(cqt \\eread.
.TP
\\fB\\-n, \\-\\-number <n>\\fR
how many
.PP
Examples:
.PP
.nf
tool go \\-n 3
.fi
.SH EXIT STATUS
.TP
\\fB0\\fR
success
.SH ENVIRONMENT
.TP
\\fBHOME\\fR
where
.SH FILES
.TP
\\fB~/.tool\\fR
state
.SH SEE ALSO
.BR wg (8),
.BR wg\\-quick (8)
`);
});

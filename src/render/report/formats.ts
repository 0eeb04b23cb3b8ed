import type { Places } from './annotations/annotations.js';
import type { Format } from './format-names.js';
import { githubReport } from './github/github.js';
import { gitlabReport } from './gitlab/code-quality.js';
import { htmlReport } from './html/page.js';
import { reportJson } from './json/report-json.js';
import { junitReport } from './junit/junit.js';
import { markdownReport } from './markdown/markdown.js';
import type { RunReport } from './run-report/types.js';

/** How the report of a run is written in each format; annotations need to know where the nodes are in the inventory. */
export const WRITERS: Readonly<Record<Format, (report: RunReport, places?: Places) => string>> = {
  html: htmlReport,
  junit: junitReport,
  markdown: markdownReport,
  json: reportJson,
  github: githubReport,
  gitlab: gitlabReport,
};

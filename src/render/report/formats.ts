import type { Format } from './format-names.js';
import { htmlReport } from './html/page.js';
import { reportJson } from './json/report-json.js';
import { junitReport } from './junit/junit.js';
import { markdownReport } from './markdown/markdown.js';
import type { RunReport } from './run-report/types.js';

/** How the report of a run is written in each format. */
export const WRITERS: Readonly<Record<Format, (report: RunReport) => string>> = {
  html: htmlReport,
  junit: junitReport,
  markdown: markdownReport,
  json: reportJson,
};

/** What a line of a job's log does on GitHub: `debug` is only shown when a person asks for it. */
export type Level = 'error' | 'warning' | 'notice' | 'debug';

/** Where an annotation is shown, and what heads it. Lines and columns count from 1. */
export interface Properties {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly title?: string | undefined;
}

/** A workflow command: `::error file=home.yaml,line=3,col=5,title=STOP::text`, one line whatever is in the texts. */
export function workflowCommand(level: Level, message: string, properties: Properties = {}): string {
  const { file, line, column, title } = properties;
  const fields = Object.entries({ file, line, col: column, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`],
  );
  return `::${level}${fields.length === 0 ? '' : ` ${fields.join(',')}`}::${data(message)}\n`;
}

/** As GitHub's toolkit escapes what comes after the second `::`. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

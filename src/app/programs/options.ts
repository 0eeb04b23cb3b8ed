export interface ProgramsOptions {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly programs?: string;
  readonly architecture: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

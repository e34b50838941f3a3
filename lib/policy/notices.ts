import type { IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';

/** Something that whoever runs synth must read, once and not once for each stack. */
export interface Notice {
  /** Stable id, under which the validation report shows it. */
  readonly id: string;
  /** An error fails the synth. */
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/**
 * Prints notices with the validation report.
 *
 * A plugin and not annotations: the CLI drops information that stands on a construct as soon as there is a report.
 */
export class Notices implements IPolicyValidationPlugin {
  readonly name = 'Estate notices';

  constructor(private readonly notices: readonly Notice[]) {}

  validate(): PolicyValidationPluginReport {
    return {
      success: this.notices.every(({ level }) => level !== 'error'),
      violations: this.notices.map(({ id, level, message }) => ({
        ruleName: id,
        description: message,
        severity: level,
        violatingResources: [{ constructPath: '', locations: [] }],
      })),
    };
  }
}

import type { Command } from 'commander';
import { UsageError } from '../../cli/command-line';
import type { PipelineChoice } from './pipeline';

/** The flags that name a pipeline. */
export interface PipelineFlags {
  readonly stage?: string;
  readonly profile?: string;
  readonly region?: string;
}

/** A command with the flags that name a pipeline. */
export function withPipelineOptions(command: Command): Command {
  return command
    .option('--stage <name>', 'a stage in AWS, such as dev (default: the local run that runs now)')
    .option('--profile <name>', 'a profile of your AWS configuration, with --stage')
    .option('--region <name>', "the stage's region, with --stage (default: your configured one)");
}

/** @throws UsageError for flags that are for a stage without one */
export function pipelineChoice({ stage, profile, region }: PipelineFlags): PipelineChoice {
  for (const [flag, value] of Object.entries({ profile, region })) {
    if (stage === undefined && value !== undefined) {
      throw new UsageError(`--${flag} ${value} is for a stage in AWS: add --stage <name>`);
    }
  }
  return { stage, profile, region };
}

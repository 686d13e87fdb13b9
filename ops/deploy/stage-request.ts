import { Command } from 'commander';
import { parseCommand, UsageError } from '../../cli/command-line';

/** What can be done with a stage: each is a script of the project, and a command of `cdk`. */
export const VERBS = ['deploy', 'diff', 'destroy', 'synth'] as const;

/** One of them. */
export type Verb = (typeof VERBS)[number];

/** What is asked to be done with a stage. */
export interface StageRequest {
  readonly verb: Verb;
  readonly stage: string;
  /** Of AWS's configuration files; undefined: the credentials of the environment. */
  readonly profile: string | undefined;
  /** Undefined: that of the environment or the profile. */
  readonly region: string | undefined;
  /** Handed to `cdk` as they are. */
  readonly cdkFlags: readonly string[];
}

interface Options {
  readonly stage: string;
  readonly profile?: string;
  readonly region?: string;
}

const DESCRIPTIONS: Record<Verb, string> = {
  deploy: 'Deploys both stacks of a stage, after a check of what that needs.',
  diff: 'Tells what a deployment of a stage would change.',
  destroy: 'Deletes both stacks of a stage. cdk asks before it does, unless --force is given.',
  synth: "Writes a stage's CloudFormation templates to cdk.out/. No AWS account is needed.",
};

/**
 * Reads a verb and its arguments, without the program's name.
 *
 * @throws UsageError that says what is wrong, HelpRequested for `--help`
 */
export function parseStageArguments(args: readonly string[]): StageRequest {
  const [verb, ...rest] = args;
  if (!isVerb(verb)) {
    throw new UsageError(`${JSON.stringify(verb ?? '')} is none of ${VERBS.join(', ')}`);
  }
  const { positions, options } = parseCommand<Options>(stageCommand(verb), rest);
  const cdkFlags = positions[0] as readonly string[];
  assertFlags(cdkFlags);
  return { verb, stage: options.stage, profile: options.profile, region: options.region, cdkFlags };
}

function isVerb(text: string | undefined): text is Verb {
  return VERBS.some((verb) => verb === text);
}

function stageCommand(verb: Verb): Command {
  const command = new Command(`npm run ${verb} --`)
    .description(DESCRIPTIONS[verb])
    .argument('[flags...]', `any other flags go to cdk ${verb} as they are`, [])
    .allowUnknownOption();
  if (verb === 'synth') return command.option('--stage <name>', 'a file of lib/stages/', 'dev');
  return command
    .requiredOption('--stage <name>', 'a file of lib/stages/')
    .option('--profile <name>', "a profile of AWS's configuration files")
    .option('--region <name>', 'such as eu-central-1 (default: of the environment or the profile)')
    .addHelpText(
      'after',
      `\nWithout the checks: npx cdk ${verb} ${verb === 'diff' ? '' : '--all '}-c stage=<name>`,
    );
}

/** A stack that is named would be one of all, and a second stage would win over the checked one. */
function assertFlags(flags: readonly string[]): void {
  const [first] = flags;
  if (first !== undefined && !first.startsWith('-')) {
    throw new UsageError(`${JSON.stringify(first)} is not a flag: both stacks are taken, always`);
  }
  const stage = flags.find((flag) => /^(-c=?|--context=)?stage=/.test(flag));
  if (stage !== undefined) {
    throw new UsageError(`Choose the stage with --stage <name>, not with ${stage}`);
  }
}

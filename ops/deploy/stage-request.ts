import { Command } from 'commander';
import { parseCommand, UsageError } from '../../cli/command-line';

/** Commands on a stage: each is a script of the project, and a command of `cdk`. */
export const VERBS = ['deploy', 'diff', 'destroy', 'synth'] as const;

/** A command on a stage. */
export type Verb = (typeof VERBS)[number];

/** The command line of a command on a stage. */
export interface StageArguments {
  readonly verb: Verb;
  readonly stage: string | undefined;
  /** A profile of AWS's configuration files; undefined for the credentials of the environment. */
  readonly profile: string | undefined;
  /** Undefined for the region of the environment or the profile. */
  readonly region: string | undefined;
  /** JSON that replaces settings of the stage: one of the flags. */
  readonly settings: string | undefined;
  /** Passed to `cdk` unchanged. */
  readonly cdkFlags: readonly string[];
}

/** A request for a command on a stage. */
export interface StageRequest extends StageArguments {
  readonly stage: string;
}

interface StageFlags {
  readonly stage?: string;
  readonly profile?: string;
  readonly region?: string;
}

const DESCRIPTIONS: Record<Verb, string> = {
  deploy: 'Checks what a deployment needs, then deploys both stacks of a stage.',
  diff: 'Shows what a deployment of a stage would change.',
  destroy:
    'Deletes both stacks of a stage, then lists what is left. cdk asks for confirmation once, unless --force is given.',
  synth: "Writes a stage's CloudFormation templates to cdk.out/. No AWS account is needed.",
};

/**
 * Reads a verb and its arguments, without the program's name.
 *
 * @throws UsageError for an invalid argument, HelpRequested for `--help`
 */
export function parseStageArguments(args: readonly string[]): StageArguments {
  const [verb, ...rest] = args;
  if (!isVerb(verb)) {
    throw new UsageError(
      `${JSON.stringify(verb ?? '')} is not a command: choose one of ${VERBS.join(', ')}`,
    );
  }
  const { positions, options } = parseCommand<StageFlags>(stageCommand(verb), rest);
  const { stage, profile, region } = options;
  const cdkFlags = (positions[0] ?? []) as readonly string[];
  assertFlags(cdkFlags);
  return { verb, stage, profile, region, settings: settingsIn(cdkFlags), cdkFlags };
}

/** The settings in the context that `cdk` is given: as `-c settings={...}`, or in one of its other spellings. */
function settingsIn(flags: readonly string[]): string | undefined {
  const context = flags.findLast((flag) => /^(-c=?|--context=)?settings=/.test(flag));
  return context?.slice(context.indexOf('settings=') + 'settings='.length);
}

function isVerb(text: string | undefined): text is Verb {
  return VERBS.some((verb) => verb === text);
}

function stageCommand(verb: Verb): Command {
  const command = new Command(`npm run ${verb} --`)
    .description(DESCRIPTIONS[verb])
    .argument('[flags...]', `any other flags are passed to cdk ${verb}`)
    .allowUnknownOption();
  if (verb === 'synth') return command.option('--stage <name>', 'a stage of lib/stages/', 'dev');
  return command
    .option('--stage <name>', 'a stage of lib/stages/, such as dev (required)')
    .option('--profile <name>', "a profile in AWS's configuration files")
    .option(
      '--region <name>',
      'such as eu-central-1 (default: from the environment or the profile)',
    )
    .addHelpText(
      'after',
      `\nWithout the checks: npx cdk ${verb} ${verb === 'diff' ? '' : '--all '}-c stage=<name>`,
    );
}

/** Refuses a stack, as both are always taken, and a second stage, which would win over the checked one. */
function assertFlags(flags: readonly string[]): void {
  const [first] = flags;
  if (first !== undefined && !first.startsWith('-')) {
    throw new UsageError(
      `${JSON.stringify(first)} is not a flag: leave it out, as both stacks are always taken`,
    );
  }
  const stage = flags.find((flag) => /^(-c=?|--context=)?stage=/.test(flag));
  if (stage !== undefined) {
    throw new UsageError(`The stage is chosen with --stage <name>, not with ${stage}`);
  }
}

import * as v from 'valibot';
import { rateMsOf } from '../../../cli/schedule-rate';
import type { ScheduledFunction } from '../../../lib/naming/function-names';
import type { Assembly } from './assembly';
import { InputTransformer, type TargetInput, targetInput } from './target-input';
import { read, type Resource } from './resource';
import { TemplateError } from './stack-template';

/** A target of a rule that fires a function: each is invoked at each firing. */
export interface RuleTemplate {
  readonly arn: string;
  readonly rateMs: number;
  readonly target: ScheduledFunction;
  /** The payload of the target's invocations. */
  readonly input: TargetInput;
}

/** The targets that fire each function, over all of its rules: at least one. */
export type RuleTemplates = Readonly<
  Record<ScheduledFunction, readonly [RuleTemplate, ...RuleTemplate[]]>
>;

const Targets = v.pipe(
  v.array(v.object({ Arn: v.string(), InputTransformer: v.optional(InputTransformer) })),
  v.minLength(1),
);

/**
 * The targets of rules that fire functions of the pipeline.
 *
 * @throws TemplateError if a function has none, or the schedule of one is not a rate
 */
export function rulesOf(
  assembly: Assembly,
  functions: Readonly<Record<ScheduledFunction, { readonly arn: string }>>,
): RuleTemplates {
  const resources = assembly.required('AWS::Events::Rule');
  const targetsOf = (target: ScheduledFunction): RuleTemplates[ScheduledFunction] => {
    const [first, ...others] = resources.flatMap((rule) =>
      read(rule, 'Targets', Targets)
        .filter(({ Arn }) => Arn === functions[target].arn)
        .map(({ InputTransformer: transformer }) => ({
          arn: rule.arn,
          rateMs: rateOf(rule),
          target,
          input: targetInput(rule, transformer),
        })),
    );
    if (first !== undefined) return [first, ...others];
    throw new TemplateError(`no AWS::Events::Rule has the ${target} function as a target`);
  };
  return { fetch: targetsOf('fetch'), reconcile: targetsOf('reconcile') };
}

function rateOf(resource: Resource): number {
  const expression = read(resource, 'ScheduleExpression', v.string());
  const rateMs = rateMsOf(expression);
  if (rateMs !== undefined) return rateMs;
  throw new TemplateError(
    `rule ${resource.logicalId}: ${expression} is not emulated locally, only rate(...) is`,
  );
}

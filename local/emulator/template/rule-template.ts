import * as v from 'valibot';
import { rateMsOf } from '../../../cli/schedule-rate';
import { FUNCTION_NAMES, type FunctionName } from '../../../lib/naming/function-names';
import type { Assembly } from './assembly';
import { read, type Resource } from './resource';
import { TemplateError } from './stack-template';

/** The rule that starts a tick. */
export interface RuleTemplate {
  readonly arn: string;
  readonly rateMs: number;
  readonly target: FunctionName;
}

const Targets = v.pipe(v.array(v.object({ Arn: v.string() })), v.minLength(1));

/**
 * The rule whose target is one of the functions.
 *
 * @throws TemplateError if there is not exactly one, or its schedule is not a rate
 */
export function ruleOf(
  assembly: Assembly,
  functions: Readonly<Record<FunctionName, { readonly arn: string }>>,
): RuleTemplate {
  const rules = assembly.required('AWS::Events::Rule').flatMap((resource) => {
    const arns = read(resource, 'Targets', Targets).map(({ Arn }) => Arn);
    const target = FUNCTION_NAMES.find((name) => arns.includes(functions[name].arn));
    return target ? [{ arn: resource.arn, rateMs: rateOf(resource), target }] : [];
  });
  const [rule, ...others] = rules;
  if (rule && others.length === 0) return rule;
  throw new TemplateError(
    `expected one AWS::Events::Rule whose target is a function of the pipeline, found ${rules.length}`,
  );
}

function rateOf(resource: Resource): number {
  const expression = read(resource, 'ScheduleExpression', v.string());
  const rateMs = rateMsOf(expression);
  if (rateMs !== undefined) return rateMs;
  throw new TemplateError(
    `rule ${resource.logicalId}: ${expression} is not emulated locally, only rate(...) is`,
  );
}

import * as v from 'valibot';
import { rateMsOf } from '../../../cli/schedule-rate';
import type { ScheduledFunction } from '../../../lib/naming/function-names';
import type { Assembly } from './assembly';
import { read, type Resource } from './resource';
import { TemplateError } from './stack-template';

/** The rule that fires a function. */
export interface RuleTemplate {
  readonly arn: string;
  readonly rateMs: number;
  readonly target: ScheduledFunction;
}

/** The rule of each function that a schedule fires. */
export type RuleTemplates = Readonly<Record<ScheduledFunction, RuleTemplate>>;

const Targets = v.pipe(v.array(v.object({ Arn: v.string() })), v.minLength(1));

/**
 * The rules that fire functions of the pipeline.
 *
 * @throws TemplateError if a function has not exactly one, or its schedule is not a rate
 */
export function rulesOf(
  assembly: Assembly,
  functions: Readonly<Record<ScheduledFunction, { readonly arn: string }>>,
): RuleTemplates {
  const resources = assembly.required('AWS::Events::Rule');
  const ruleOf = (target: ScheduledFunction): RuleTemplate => {
    const [resource, ...others] = resources.filter((rule) =>
      read(rule, 'Targets', Targets).some(({ Arn }) => Arn === functions[target].arn),
    );
    if (resource && others.length === 0) {
      return { arn: resource.arn, rateMs: rateOf(resource), target };
    }
    throw new TemplateError(
      `expected one AWS::Events::Rule whose target is the ${target} function, found ${resource ? 1 + others.length : 0}`,
    );
  };
  return { fetch: ruleOf('fetch'), reconcile: ruleOf('reconcile') };
}

function rateOf(resource: Resource): number {
  const expression = read(resource, 'ScheduleExpression', v.string());
  const rateMs = rateMsOf(expression);
  if (rateMs !== undefined) return rateMs;
  throw new TemplateError(
    `rule ${resource.logicalId}: ${expression} is not emulated locally, only rate(...) is`,
  );
}

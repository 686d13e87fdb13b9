import type { IntrinsicResolver } from './intrinsics';
import { brief, type Place, unresolvable } from '../place';
import { isRecord, type PlainValue } from '../stack-template';

type IntrinsicFunction = (
  resolver: IntrinsicResolver,
  place: Place,
  argument: unknown,
) => PlainValue | undefined;

/** The intrinsic functions that have a local meaning, after the CloudFormation reference. */
export const INTRINSIC_FUNCTIONS: ReadonlyMap<string, IntrinsicFunction> = new Map(
  Object.entries<IntrinsicFunction>({
    Ref: ref,
    'Fn::GetAtt': getAtt,
    'Fn::Join': join,
    'Fn::Sub': sub,
    'Fn::Select': select,
    'Fn::Split': split,
    'Fn::FindInMap': findInMap,
    'Fn::ImportValue': importValue,
    'Fn::GetStackOutput': stackOutput,
    'Fn::Base64': base64,
  }),
);

function ref(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  if (argument === 'AWS::NoValue') return undefined;
  return resolver.ref(place, resolver.text(place, argument));
}

function getAtt(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const path = typeof argument === 'string' ? argument.split('.') : resolver.texts(place, argument);
  return resolver.attribute(place, path);
}

function join(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const [separator, parts] = twoOf(place, 'Fn::Join', argument);
  const texts = resolver.texts(place, resolver.resolve(place, parts));
  return texts.join(resolver.text(place, separator));
}

function sub(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const [template, variables] = parts;
  const own = isRecord(variables) ? variables : {};
  return resolver.text(place, template).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (name in own) return resolver.text(place, own[name]);
    const path = name.split('.');
    return path.length > 1 ? resolver.attribute(place, path) : resolver.ref(place, name);
  });
}

function select(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const [index, list] = twoOf(place, 'Fn::Select', argument);
  const members = resolver.resolve(place, list);
  const at = Number(resolver.resolve(place, index));
  const member: unknown = Array.isArray(members) ? members[at] : undefined;
  if (member !== undefined) return member as PlainValue;
  throw unresolvable(place, `Fn::Select ${brief(argument)}`, `there is no member ${String(at)}`);
}

function split(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const [separator, text] = twoOf(place, 'Fn::Split', argument);
  return resolver.text(place, text).split(resolver.text(place, separator));
}

function findInMap(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const [map = '', first = '', second = ''] = resolver.texts(place, argument);
  const found = place.stack.template.Mappings[map]?.[first]?.[second];
  if (found !== undefined) return resolver.resolve(place, found);
  throw unresolvable(place, `Fn::FindInMap ${brief(argument)}`, 'there is no such entry');
}

function importValue(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const wanted = resolver.text(place, argument);
  for (const stack of resolver.stacks) {
    for (const [id, output] of Object.entries(stack.template.Outputs)) {
      const there = { stack, resource: `output ${id}`, property: 'Export' };
      const exported = isRecord(output['Export']) ? output['Export']['Name'] : undefined;
      if (exported === undefined || resolver.resolve(there, exported) !== wanted) continue;
      return resolver.resolve({ ...there, property: 'Value' }, output['Value']);
    }
  }
  throw unresolvable(place, `Fn::ImportValue ${wanted}`, 'no stack that is read exports it');
}

function stackOutput(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  const { StackName: name, OutputName: id } = isRecord(argument) ? argument : {};
  const stackName = resolver.text(place, name);
  const outputId = resolver.text(place, id);
  const stack = resolver.stacks.find((other) => other.name === stackName);
  const output = stack?.template.Outputs[outputId];
  if (stack && output) {
    const there = { stack, resource: `output ${outputId}`, property: 'Value' };
    return resolver.resolve(there, output['Value']);
  }
  const which = `Fn::GetStackOutput ${stackName}.${outputId}`;
  throw unresolvable(place, which, 'no stack that is read has it');
}

function base64(resolver: IntrinsicResolver, place: Place, argument: unknown) {
  return Buffer.from(resolver.text(place, argument)).toString('base64');
}

function twoOf(place: Place, name: string, argument: unknown): [unknown, unknown] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0], argument[1]];
  throw unresolvable(place, `${name} ${brief(argument)}`, 'expected two arguments');
}

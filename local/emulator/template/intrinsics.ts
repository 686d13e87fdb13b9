import { attributeOf, LOCAL_ACCOUNT, LOCAL_REGION, refOf, uuidOf } from './physical-names';
import { type PlainValue, type Stack, TemplateError } from './stack-template';

/** Where in the templates a value stands, for messages. */
interface Place {
  readonly stack: Stack;
  readonly resource: string;
  readonly property: string;
}

function unresolvable(place: Place, intrinsic: string, why: string): TemplateError {
  return new TemplateError(
    `stack ${place.stack.name}, resource ${place.resource}, property ${place.property}: cannot resolve ${intrinsic} locally: ${why}`,
  );
}

/** The intrinsic functions of CloudFormation, over all stacks of an assembly. */
export class IntrinsicResolver {
  readonly #stacks: readonly Stack[];

  constructor(stacks: readonly Stack[]) {
    this.#stacks = stacks;
  }

  /** Undefined stands for `AWS::NoValue`: the property is not set. */
  resolve(place: Place, value: unknown): PlainValue | undefined {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string' || typeof value === 'number') return value;
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return this.#list(place, value);
    if (!isRecord(value)) throw unresolvable(place, typeof value, 'not a JSON value');
    const [name, argument, ...others] = Object.entries(value).flat();
    if (typeof name === 'string' && others.length === 0 && isIntrinsic(name)) {
      return this.#intrinsic(place, name, argument);
    }
    const members = Object.entries(value)
      .map(([key, member]) => [key, this.resolve(within(place, key), member)] as const)
      .filter((entry): entry is [string, PlainValue] => entry[1] !== undefined);
    return Object.fromEntries(members);
  }

  /** What `Ref` of a resource, parameter or pseudo parameter gives. */
  ref(place: Place, name: string): string {
    const text = this.#pseudoParameter(place, name) ?? this.#parameter(place, name);
    if (text !== undefined) return text;
    const resource = place.stack.template.Resources[name];
    if (!resource) throw unresolvable(place, `Ref ${name}`, 'the stack has nothing of that name');
    return refOf(place.stack, name, resource.Type, this.#namesOf(place.stack, name));
  }

  #list(place: Place, values: readonly unknown[]): PlainValue[] {
    return values
      .map((member, index) => this.resolve(within(place, String(index)), member))
      .filter((member) => member !== undefined);
  }

  #intrinsic(place: Place, name: string, argument: unknown): PlainValue | undefined {
    switch (name) {
      case 'Ref':
        return argument === 'AWS::NoValue'
          ? undefined
          : this.ref(place, this.#text(place, argument));
      case 'Fn::GetAtt':
        return this.#getAtt(place, argument);
      case 'Fn::Join':
        return this.#join(place, argument);
      case 'Fn::Sub':
        return this.#sub(place, argument);
      case 'Fn::Select':
        return this.#select(place, argument);
      case 'Fn::Split':
        return this.#split(place, argument);
      case 'Fn::FindInMap':
        return this.#findInMap(place, argument);
      case 'Fn::ImportValue':
        return this.#importValue(place, argument);
      case 'Fn::GetStackOutput':
        return this.#stackOutput(place, argument);
      case 'Fn::Base64':
        return Buffer.from(this.#text(place, argument)).toString('base64');
      default:
        throw unresolvable(place, `${name} ${brief(argument)}`, 'the local run does not know it');
    }
  }

  #pseudoParameter(place: Place, name: string): string | undefined {
    const stackName = place.stack.name;
    const known: Record<string, string> = {
      'AWS::Region': LOCAL_REGION,
      'AWS::AccountId': LOCAL_ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${stackName}/${uuidOf(stackName)}`,
    };
    return known[name];
  }

  #parameter(place: Place, name: string): string | undefined {
    const parameter = place.stack.template.Parameters[name];
    if (!parameter) return undefined;
    const { Default: value, Type: type } = parameter;
    const looksUp = typeof type === 'string' && type.startsWith('AWS::SSM');
    if (!looksUp && (typeof value === 'string' || typeof value === 'number')) return String(value);
    throw unresolvable(place, `Ref ${name}`, 'it is a parameter whose value only a deployment has');
  }

  /** The names that a resource is given, for `Ref`: only plain ones matter to it. */
  #namesOf(stack: Stack, logicalId: string): (property: string) => string | undefined {
    const properties = stack.template.Resources[logicalId]?.Properties ?? {};
    return (property) => {
      const value = this.resolve({ stack, resource: logicalId, property }, properties[property]);
      return typeof value === 'string' ? value : undefined;
    };
  }

  #getAtt(place: Place, argument: unknown): string {
    const path = typeof argument === 'string' ? argument.split('.') : this.#texts(place, argument);
    const [logicalId = '', ...rest] = path;
    const attribute = rest.join('.');
    const type = place.stack.template.Resources[logicalId]?.Type;
    const value =
      type === undefined ? undefined : attributeOf(place.stack, logicalId, type, attribute);
    if (value !== undefined) return value;
    const why = type === undefined ? 'the stack has no such resource' : `unknown of a ${type}`;
    throw unresolvable(place, `Fn::GetAtt ${logicalId}.${attribute}`, why);
  }

  #join(place: Place, argument: unknown): string {
    const [separator, parts] = this.#arguments(place, 'Fn::Join', argument);
    return this.#texts(place, this.resolve(place, parts)).join(this.#text(place, separator));
  }

  #sub(place: Place, argument: unknown): string {
    const [template, variables] = Array.isArray(argument)
      ? (argument as unknown[])
      : [argument, {}];
    const own = isRecord(variables) ? variables : {};
    return this.#text(place, template).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in own) return this.#text(place, own[name]);
      return name.includes('.') ? this.#getAtt(place, name) : this.ref(place, name);
    });
  }

  #select(place: Place, argument: unknown): PlainValue {
    const [index, list] = this.#arguments(place, 'Fn::Select', argument);
    const members = this.resolve(place, list);
    const at = Number(this.resolve(place, index));
    const member: unknown = Array.isArray(members) ? members[at] : undefined;
    if (member !== undefined) return member as PlainValue;
    throw unresolvable(place, `Fn::Select ${brief(argument)}`, `there is no member ${String(at)}`);
  }

  #split(place: Place, argument: unknown): PlainValue {
    const [separator, text] = this.#arguments(place, 'Fn::Split', argument);
    return this.#text(place, text).split(this.#text(place, separator));
  }

  #findInMap(place: Place, argument: unknown): PlainValue | undefined {
    const [map = '', first = '', second = ''] = this.#texts(place, argument);
    const found = place.stack.template.Mappings[map]?.[first]?.[second];
    if (found !== undefined) return this.resolve(place, found);
    throw unresolvable(place, `Fn::FindInMap ${brief(argument)}`, 'there is no such entry');
  }

  #importValue(place: Place, argument: unknown): PlainValue | undefined {
    const wanted = this.#text(place, argument);
    for (const stack of this.#stacks) {
      for (const [id, output] of Object.entries(stack.template.Outputs)) {
        const there = { stack, resource: `output ${id}`, property: 'Export' };
        const exported = isRecord(output['Export']) ? output['Export']['Name'] : undefined;
        if (exported === undefined || this.resolve(there, exported) !== wanted) continue;
        return this.resolve({ ...there, property: 'Value' }, output['Value']);
      }
    }
    throw unresolvable(place, `Fn::ImportValue ${wanted}`, 'no stack that is read exports it');
  }

  #stackOutput(place: Place, argument: unknown): PlainValue | undefined {
    const { StackName: name, OutputName: id } = isRecord(argument) ? argument : {};
    const stackName = this.#text(place, name);
    const outputId = this.#text(place, id);
    const stack = this.#stacks.find((other) => other.name === stackName);
    const output = stack?.template.Outputs[outputId];
    if (stack && output) {
      const there = { stack, resource: `output ${outputId}`, property: 'Value' };
      return this.resolve(there, output['Value']);
    }
    const which = `Fn::GetStackOutput ${stackName}.${outputId}`;
    throw unresolvable(place, which, 'no stack that is read has it');
  }

  #arguments(place: Place, name: string, argument: unknown): [unknown, unknown] {
    if (Array.isArray(argument) && argument.length === 2) return [argument[0], argument[1]];
    throw unresolvable(place, `${name} ${brief(argument)}`, 'expected two arguments');
  }

  #text(place: Place, value: unknown): string {
    const resolved = this.resolve(place, value);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    throw unresolvable(place, brief(value), 'expected a text');
  }

  #texts(place: Place, value: unknown): string[] {
    if (Array.isArray(value)) return value.map((member) => this.#text(place, member));
    throw unresolvable(place, brief(value), 'expected a list of texts');
  }
}

function within(place: Place, key: string): Place {
  return { ...place, property: `${place.property}.${key}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::');
}

function brief(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 160) ?? 'nothing';
}

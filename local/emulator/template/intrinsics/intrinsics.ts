import { INTRINSIC_FUNCTIONS } from './intrinsic-functions';
import { attributeOf, LOCAL_ACCOUNT, LOCAL_REGION, refOf, uuidOf } from './physical-names';
import { brief, type Place, unresolvable, within } from '../place';
import { isRecord, type PlainValue, type Stack } from '../stack-template';

/** The intrinsic functions of CloudFormation, over all stacks of an assembly. */
export class IntrinsicResolver {
  readonly stacks: readonly Stack[];

  constructor(stacks: readonly Stack[]) {
    this.stacks = stacks;
  }

  /** Undefined stands for `AWS::NoValue`: the property is not set. */
  resolve(place: Place, value: unknown): PlainValue | undefined {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string' || typeof value === 'number') return value;
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return this.#list(place, value);
    if (!isRecord(value)) throw unresolvable(place, typeof value, 'not a JSON value');
    const [[name, argument] = [''], ...others] = Object.entries(value);
    const isIntrinsic = others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
    return isIntrinsic ? this.#intrinsic(place, name, argument) : this.#members(place, value);
  }

  /** The value of `Ref` of a resource, parameter or pseudo parameter. */
  ref(place: Place, name: string): string {
    const text = pseudoParameter(place.stack.name, name) ?? this.#parameter(place, name);
    if (text !== undefined) return text;
    const { stack } = place;
    const type = stack.template.Resources[name]?.Type;
    if (type !== undefined)
      return refOf({ stack, logicalId: name, type }, this.#namesOf(stack, name));
    throw unresolvable(place, `Ref ${name}`, 'the stack has nothing of that name');
  }

  /** The value of `Fn::GetAtt`. */
  attribute(place: Place, path: readonly string[]): string {
    const [logicalId = '', ...rest] = path;
    const name = rest.join('.');
    const { stack } = place;
    const type = stack.template.Resources[logicalId]?.Type;
    const value = type === undefined ? undefined : attributeOf({ stack, logicalId, type }, name);
    if (value !== undefined) return value;
    const why = type === undefined ? 'the stack has no such resource' : `unknown of a ${type}`;
    throw unresolvable(place, `Fn::GetAtt ${logicalId}.${name}`, why);
  }

  /** A value that must be a text, or a number as text. */
  text(place: Place, value: unknown): string {
    const resolved = this.resolve(place, value);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    throw unresolvable(place, brief(value), 'expected a text');
  }

  /** A list of such values. */
  texts(place: Place, value: unknown): string[] {
    if (Array.isArray(value)) return value.map((member) => this.text(place, member));
    throw unresolvable(place, brief(value), 'expected a list of texts');
  }

  #parameter(place: Place, name: string): string | undefined {
    const found = place.stack.template.Parameters[name];
    if (!found) return undefined;
    const { Default: value, Type: type } = found;
    const looksUp = typeof type === 'string' && type.startsWith('AWS::SSM');
    if (looksUp) return this.#storedText(place, name, value);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw unresolvable(place, `Ref ${name}`, ONLY_DEPLOYED);
  }

  /** The value of a parameter of Systems Manager that is a resource of a stack. */
  #storedText(place: Place, name: string, parameterName: unknown): string {
    for (const stack of this.stacks) {
      for (const [resource, { Type, Properties }] of Object.entries(stack.template.Resources)) {
        const there = { stack, resource, property: 'Value' };
        if (Type !== 'AWS::SSM::Parameter') continue;
        if (this.resolve(there, Properties['Name']) !== parameterName) continue;
        return this.text(there, Properties['Value']);
      }
    }
    throw unresolvable(place, `Ref ${name}`, ONLY_DEPLOYED);
  }

  #intrinsic(place: Place, name: string, argument: unknown): PlainValue | undefined {
    const intrinsic = INTRINSIC_FUNCTIONS.get(name);
    if (intrinsic) return intrinsic(this, place, argument);
    throw unresolvable(place, `${name} ${brief(argument)}`, 'the local run does not know it');
  }

  #list(place: Place, values: readonly unknown[]): PlainValue[] {
    return values
      .map((member, index) => this.resolve(within(place, String(index)), member))
      .filter((member) => member !== undefined);
  }

  #members(place: Place, value: Readonly<Record<string, unknown>>): PlainValue {
    const members = Object.entries(value)
      .map(([key, member]) => [key, this.resolve(within(place, key), member)] as const)
      .filter((entry): entry is [string, PlainValue] => entry[1] !== undefined);
    return Object.fromEntries(members);
  }

  /** The names that a resource is given, for `Ref`: only plain ones matter to it. */
  #namesOf(stack: Stack, logicalId: string): (property: string) => string | undefined {
    const properties = stack.template.Resources[logicalId]?.Properties ?? {};
    return (property) => {
      const value = this.resolve({ stack, resource: logicalId, property }, properties[property]);
      return typeof value === 'string' ? value : undefined;
    };
  }
}

const ONLY_DEPLOYED = 'it is a parameter whose value only a deployment has';

function pseudoParameter(stackName: string, name: string): string | undefined {
  const known: Readonly<Record<string, string>> = {
    'AWS::Region': LOCAL_REGION,
    'AWS::AccountId': LOCAL_ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${stackName}/${uuidOf(stackName)}`,
  };
  return known[name];
}

import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type Properties, propertiesOf } from './candlestream-templates';

/** What a role is: who takes it, and every `action resource` that it allows, in order. */
export interface Access {
  readonly trust: readonly string[];
  readonly permissions: readonly string[];
}

/** Roles by their logical ids, without the hashes of these. */
export type Roles = Readonly<Record<string, Access>>;

/** All roles of an app, as its templates have them. */
export function rolesOf(app: App): Roles {
  return Object.fromEntries(templatesOf(app).flatMap(rolesOfTemplate));
}

/** Every type of resource of an app that gives access to something. */
export function accessTypesOf(app: App): string[] {
  const types = templatesOf(app).flatMap((template) => {
    const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
    return Object.values(Resources).map(({ Type }) => Type);
  });
  return [...new Set(types)]
    .filter((type) => /::IAM::|(?<!Scaling)Policy$|Permission/.test(type))
    .sort();
}

/** Every `action resource` that a policy document allows; what else it says follows as JSON. */
export function permissionsOf(document: unknown): string[] {
  const { Statement } = document as { Statement: Properties[] };
  return Statement.flatMap(({ Action, Resource, Effect, ...rest }) => {
    const more = suffixOf(Effect, rest);
    const resources = [Resource].flat().map(nameOf);
    return [Action]
      .flat()
      .flatMap((action) => resources.map((resource) => `${String(action)} ${resource}${more}`));
  });
}

function templatesOf(app: App): Template[] {
  return app.node.children.filter(Stack.isStack).map((stack) => Template.fromStack(stack));
}

function rolesOfTemplate(template: Template): [name: string, access: Access][] {
  const policies = Object.values(propertiesOf(template, 'AWS::IAM::Policy'));
  return Object.entries(propertiesOf(template, 'AWS::IAM::Role')).map(([id, role]) => {
    const attached = policies.filter(({ Roles }) => JSON.stringify(Roles).includes(`"${id}"`));
    return [withoutHash(id), accessOf(role, attached)];
  });
}

function accessOf(role: Properties, attached: readonly Properties[]): Access {
  const inline = (role['Policies'] ?? []) as Properties[];
  const managed = (role['ManagedPolicyArns'] ?? []) as unknown[];
  const stated = [...inline, ...attached].flatMap(({ PolicyDocument }) =>
    permissionsOf(PolicyDocument),
  );
  return {
    trust: trustOf(role['AssumeRolePolicyDocument']),
    permissions: [...new Set([...stated, ...managed.map(nameOf)])].sort(),
  };
}

function trustOf(document: unknown): string[] {
  const { Statement } = document as { Statement: Properties[] };
  return Statement.map(({ Action, Principal, Effect, ...rest }) => {
    const principals = Object.values(Principal as Properties).map(nameOf);
    return `${String(Action)} by ${principals.join()}${suffixOf(Effect, rest)}`;
  });
}

function suffixOf(effect: unknown, rest: Properties): string {
  const others = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
  return effect === 'Allow' ? others : ` ${String(effect)}${others}`;
}

/** The end of an ARN of this account, with the logical ids that it is made of. */
function nameOf(value: unknown): string {
  return textOf(value).replace(/^arn:.*?:\{AWS::AccountId\}:/, '');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, operand] = ['', undefined]] = Object.entries(value as Properties);
  switch (name) {
    case 'Fn::Join':
      return (operand as [string, unknown[]])[1].map(textOf).join('');
    case 'Fn::Select':
      return selectedText(operand as [number, { 'Fn::Split': [string, unknown] }]);
    case 'Fn::GetAtt':
      return `{${withoutHash(String((operand as unknown[])[0]))}}`;
    case 'Fn::ImportValue':
      return `{${importedName(String(operand))}}`;
    default:
      return `{${String(operand)}}`;
  }
}

/** The name and the id of a cluster, which its ARN ends in. */
function selectedText([index, { 'Fn::Split': split }]: [
  number,
  { 'Fn::Split': [string, unknown] },
]): string {
  if (index === 1 && split[0] === ':cluster/') return textOf(split[1]);
  return JSON.stringify([index, split]);
}

/** `Stack:ExportsOutputFnGetAtt<logical id><attribute><hash>`, and `Ref` without an attribute. */
function importedName(name: string): string {
  const exported = /:ExportsOutput(?:FnGetAtt|Ref)(.*?)[0-9A-F]{8}/.exec(name);
  return exported?.[1] ?? name;
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

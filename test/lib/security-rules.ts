import type { Template } from 'aws-cdk-lib/assertions';
import { type Properties, propertiesOf } from './candlestream-templates';

/** Every rule of every security group, as `group -> peer tcp port` for out and `<-` for in, in order. */
export function securityRulesOf(template: Template): string[] {
  const own = Object.entries(propertiesOf(template, 'AWS::EC2::SecurityGroup')).flatMap(
    ([id, { SecurityGroupEgress, SecurityGroupIngress }]) => [
      ...rulesOf(SecurityGroupEgress).map((rule) => `${groupName(id)} -> ${peerAndPort(rule)}`),
      ...rulesOf(SecurityGroupIngress).map((rule) => `${groupName(id)} <- ${peerAndPort(rule)}`),
    ],
  );
  const apart = (type: string, arrow: string) =>
    Object.values(propertiesOf(template, type)).map(
      (rule) => `${peerName(rule['GroupId'])} ${arrow} ${peerAndPort(rule)}`,
    );
  return [
    ...own,
    ...apart('AWS::EC2::SecurityGroupEgress', '->'),
    ...apart('AWS::EC2::SecurityGroupIngress', '<-'),
  ].sort();
}

function rulesOf(rules: unknown): Properties[] {
  return (rules ?? []) as Properties[];
}

function peerAndPort(rule: Properties): string {
  const peer = peerName(
    rule['CidrIp'] ?? rule['DestinationSecurityGroupId'] ?? rule['SourceSecurityGroupId'],
  );
  const { FromPort, ToPort, IpProtocol } = rule as Record<string, string | number>;
  const ports = FromPort === ToPort ? String(FromPort) : `${String(FromPort)}-${String(ToPort)}`;
  return `${peer} ${String(IpProtocol)} ${ports}`;
}

function peerName(peer: unknown): string {
  if (typeof peer === 'string') return peer;
  const { 'Fn::GetAtt': attribute } = peer as { 'Fn::GetAtt'?: [string, 'GroupId'] };
  return attribute === undefined ? JSON.stringify(peer) : groupName(attribute[0]);
}

/** A logical id ends in eight hexadecimal digits. */
function groupName(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

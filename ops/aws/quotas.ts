/** A quota of an account in a region. */
export interface Quota {
  /** Plural, for people. */
  readonly name: string;
  readonly serviceCode: string;
  readonly quotaCode: string;
}

// Source of the codes: Service Quotas, `aws service-quotas list-service-quotas`.

export const CONCURRENT_EXECUTIONS: Quota = {
  name: 'concurrent executions of functions',
  serviceCode: 'lambda',
  quotaCode: 'L-B99A9384',
};
export const VPCS: Quota = { name: 'VPCs', serviceCode: 'vpc', quotaCode: 'L-F678F1CE' };
export const ELASTIC_IPS: Quota = {
  name: 'elastic IP addresses',
  serviceCode: 'ec2',
  quotaCode: 'L-0263D0A3',
};

/** The name by which Service Quotas lists the quota of brokers; its code is not documented. */
export const BROKERS_PER_ACCOUNT = { serviceCode: 'kafka', name: 'Number of brokers per account' };

/** The command that asks AWS for more. */
export function increaseCommand(
  { serviceCode, quotaCode }: Quota,
  desired: number,
  region: string,
): string {
  return `aws service-quotas request-service-quota-increase --service-code ${serviceCode} --quota-code ${quotaCode} --desired-value ${desired} --region ${region}`;
}

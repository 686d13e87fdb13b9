import { parseDecimal } from '../../lambdas/shared/domain/decimal';

// List prices of AWS in US dollars, without discounts, savings plans, free
// tiers and taxes. When you change a price, change the date too, and check all
// prices of the same page.

/** Region and date of the prices. */
export const PRICE_LIST = { region: 'us-east-1', asOf: '2026-11' } as const;

const usd = parseDecimal;

/** Price of one broker. Source: the page "Amazon MSK pricing". */
export const BROKER_PER_HOUR = {
  'kafka.t3.small': usd('0.0456'),
  'kafka.m7g.large': usd('0.204'),
} as const;

/** Price of an instance that forwards packets. Source: the page "Amazon EC2 on-demand pricing". */
export const INSTANCE_PER_HOUR = {
  't4g.nano': usd('0.0042'),
  't4g.micro': usd('0.0084'),
  't4g.small': usd('0.0168'),
} as const;

/** Prices by item; each name ends with the unit. */
export const PRICES = {
  // "Amazon MSK pricing"
  brokerStoragePerGbMonth: usd('0.10'),
  // "Amazon VPC pricing", "AWS PrivateLink pricing"
  natGatewayPerHour: usd('0.045'),
  natGatewayPerGb: usd('0.045'),
  publicAddressPerHour: usd('0.005'),
  endpointPerZoneMonth: usd('7.30'),
  endpointPerGb: usd('0.01'),
  // "Amazon EC2 on-demand pricing", data transfer within a region by public addresses
  publicAddressPerGb: usd('0.01'),
  // "Amazon EC2 on-demand pricing", data transfer within a region; charged in both zones
  betweenZonesPerGbEachWay: usd('0.01'),
  // "Amazon EC2 on-demand pricing", data transfer out to the internet
  internetPerGb: usd('0.09'),
  // "AWS Lambda pricing"
  lambdaArm64PerGbSecond: usd('0.0000133334'),
  lambdaX86PerGbSecond: usd('0.0000166667'),
  lambdaPerMillionRequests: usd('0.20'),
  eventPollerUnitPerHour: usd('0.185'),
  // "Amazon Keyspaces pricing", on-demand capacity
  tableWritesPerMillionUnits: usd('0.625'),
  tableReadsPerMillionUnits: usd('0.125'),
  tableStoragePerGbMonth: usd('0.25'),
  tableRecoveryPerGbMonth: usd('0.20'),
  // "Amazon CloudWatch pricing"
  logsPerGb: usd('0.50'),
  logStoragePerGbMonth: usd('0.03'),
  metricPerMonth: usd('0.30'),
  alarmedMetricPerMonth: usd('0.10'),
  dashboardPerMonth: usd('3.00'),
  // "Amazon SNS pricing"
  emailEach: usd('0.00002'),
  // "Amazon Managed Workflows for Apache Airflow pricing", "Amazon EMR pricing": EMR Serverless
  airflowSmallPerMonth: usd('357.70'),
  sparkPerVcpuHour: usd('0.052624'),
  sparkPerGbHour: usd('0.0057785'),
  // "Amazon EC2 on-demand pricing", "Amazon EBS pricing"
  t4gLargePerHour: usd('0.0672'),
  gp3PerGbMonth: usd('0.08'),
} as const;

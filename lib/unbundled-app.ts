import { App } from 'aws-cdk-lib';
import cdk from '../cdk.json';

/** Creates an app that synthesizes templates without bundling the functions. */
export function unbundledApp(outdir?: string): App {
  const context = { ...cdk.context, 'aws:cdk:bundling-stacks': [] };
  return new App({ context, ...(outdir === undefined ? {} : { outdir }) });
}

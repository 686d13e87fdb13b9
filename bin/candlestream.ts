import { App } from 'aws-cdk-lib';
import { addStage } from '../lib/candlestream';
import { stageNamed } from '../lib/stages';

const app = new App();
addStage(app, stageNamed(app.node.tryGetContext('stage') ?? 'dev'));

import { testEngines } from '../support/test-engines';
import { testEngineKind } from './engine-cases';

testEngineKind(testEngines());

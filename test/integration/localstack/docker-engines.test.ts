import { testEngineKind } from '../engines/engine-cases';

/** The engines of `npm start` as containers, whatever kind the other integration tests use. */
testEngineKind('docker');

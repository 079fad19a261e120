export type { Fault, GarbageKind } from './fault/fault.js';
export { generateEvents } from './generator/generate-events.js';
export type { GeneratorOptions } from './generator/generator-options.js';
export { samplePath } from './sample/sample.js';
export type { ClientStatus, Simulator, SimulatorStats } from './simulator.js';
export { SimulatorError, type SimulatorErrorCode } from './simulator-error.js';
export type { LiveOptions, SimulatorOptions } from './simulator-options.js';
export { startSimulator } from './start-simulator.js';

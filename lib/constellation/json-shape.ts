import { ConstellationError } from './errors.js';

/** A parsed JSON object whose fields are still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object and neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of the object itself; what it inherits does not count. */
export function ownField(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether a value can be a count: a whole number, 0 or more. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** An answer of another shape than the API's. */
export function badShape(problem: string): ConstellationError {
  const shown = problem.length > 200 ? `${problem.slice(0, 200)}…` : problem;
  return new ConstellationError('BAD_SHAPE', `The answer ${shown}.`);
}

/** @throws ConstellationError `BAD_SHAPE` unless `value` is an object */
export function readObject(value: unknown, name: string): JsonObject {
  if (isObject(value)) return value;
  throw badShape(`has no object "${name}"`);
}

/** @throws ConstellationError `BAD_SHAPE` unless the field is an object */
export function readObjectIn(object: JsonObject, name: string): JsonObject {
  return readObject(ownField(object, name), name);
}

/** @throws ConstellationError `BAD_SHAPE` unless the field is a count */
export function readCountIn(object: JsonObject, name: string): number {
  const value = ownField(object, name);
  if (isCount(value)) return value;
  throw badShape(`has no count "${name}"`);
}

/** @throws ConstellationError `BAD_SHAPE` unless the field is text */
export function readTextIn(object: JsonObject, name: string): string {
  const value = ownField(object, name);
  if (typeof value === 'string') return value;
  throw badShape(`has no text "${name}"`);
}

/** @throws ConstellationError `BAD_SHAPE` unless the field is a list of these */
export function readListIn<T>(
  object: JsonObject,
  name: string,
  read: (item: unknown) => T
): readonly T[] {
  const value = ownField(object, name);
  if (Array.isArray(value)) return value.map((item: unknown) => read(item));
  throw badShape(`has no list "${name}"`);
}

/**
 * A field that is an object of equals, with each of them read.
 * @throws ConstellationError `BAD_SHAPE`
 */
export function readEach<T>(
  object: JsonObject,
  read: (object: JsonObject, name: string) => T
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.keys(object).map((name) => [name, read(object, name)])
  );
}

declare const brand: unique symbol;

type Brand<Name extends string> = string & { readonly [brand]: Name };

/** The model name that a client asks for: the value of `model` in its request body. */
export type ModelName = Brand<'ModelName'>;

/** The name under which a pod serves an adapter or its base model. */
export type TargetName = Brand<'TargetName'>;

/** One endpoint as `ip:port` in canonical form (RFC 5952, IPv6 in brackets). */
export type Address = Brand<'Address'>;

/** `namespace/name` of an InferencePool. */
export type PoolKey = Brand<'PoolKey'>;

/** Brands text that a client sent, or that a policy object names, as a model name. */
export function modelName(text: string): ModelName {
  return text as ModelName;
}

/** Brands text that a policy object or a pod names as a target. */
export function targetName(text: string): TargetName {
  return text as TargetName;
}

/** Joins an InferencePool's namespace and name into its key. */
export function poolKey(namespace: string, name: string): PoolKey {
  return `${namespace}/${name}` as PoolKey;
}

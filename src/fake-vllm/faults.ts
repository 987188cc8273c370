import * as z from 'zod';

const fault = z.strictObject({
  /** The adapter or base model that is faulty; `*` for all. */
  model: z.string().min(1),
  /** Share of requests that are answered with 500. */
  errorRate: z.number().min(0).max(1).optional(),
  addedLatencyMs: z.number().min(0).optional(),
  /** Goes silent after this many tokens and keeps the connection. */
  stallAfterTokens: z.int().min(0).optional(),
  /** Breaks the connection after this many tokens. */
  disconnectAfterTokens: z.int().min(0).optional(),
});

/** What goes wrong with one model's requests. */
export type Fault = Readonly<z.infer<typeof fault>>;

const NONE: Fault = { model: '*' };

/** The faults of one server, set while it runs. */
export interface Faults {
  /** Sets a model's fault in place of its last one; returns what is wrong with it, if anything. */
  readonly set: (input: unknown) => string | undefined;
  readonly clear: () => void;
  readonly list: () => readonly Fault[];
  /** The model's own fault, or else the one of all models, or else none. */
  readonly of: (model: string) => Fault;
}

/** Creates a server's faults, of which there are none. */
export function createFaults(): Faults {
  const faults = new Map<string, Fault>();
  return {
    set: (input) => {
      const parsed = fault.safeParse(input);
      if (!parsed.success) return z.prettifyError(parsed.error);
      faults.set(parsed.data.model, parsed.data);
      return undefined;
    },
    clear: () => faults.clear(),
    list: () => [...faults.values()],
    of: (model) => faults.get(model) ?? faults.get('*') ?? NONE,
  };
}

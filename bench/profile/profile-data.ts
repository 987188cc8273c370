import { z } from 'zod';

/** A profile as V8 writes it, as far as it is read here. */
export const profileSchema = z.object({
  profile: z.object({
    nodes: z.array(
      z.object({
        id: z.number(),
        callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
        children: z.array(z.number()).optional(),
      }),
    ),
    samples: z.array(z.number()),
  }),
});

/** The profile itself. */
export type Profile = z.infer<typeof profileSchema>['profile'];

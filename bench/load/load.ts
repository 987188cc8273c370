/** A process of its own that carries out the plans that it is sent, one after the other. */
import { planSchema } from './plan.ts';
import { runPlan } from './run-plan.ts';

process.on('message', (message) => {
  runPlan(planSchema.parse(message)).then(
    (result) => process.send?.(result),
    // The process that asked sees the end of this one, and what it said.
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit());
